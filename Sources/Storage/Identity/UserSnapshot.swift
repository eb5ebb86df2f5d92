public import EventModel

/// What a person's next event starts from.
public struct UserSnapshot: Equatable, Sendable, BitwiseCopyable {
    /// The context of the person's latest event.
    public var context: ContextID?
    public var properties = PropertySetID.empty
    // An optional of its own would take eight bytes more.
    private var importedAtOrMax = Int64.max

    public init() {}

    public init(_ state: UserState) {
        context = state.context
        properties = state.properties
        importedAt = state.importedAt
    }

    /// If the person's latest event came with an import: when another server had received it.
    public var importedAt: Timestamp? {
        get { importedAtOrMax == .max ? nil : Timestamp(milliseconds: importedAtOrMax) }
        set { importedAtOrMax = newValue?.milliseconds ?? .max }
    }
}
