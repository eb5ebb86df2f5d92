public import EventModel

/// What a person's next event starts from.
public struct UserSnapshot: Equatable, Sendable, BitwiseCopyable {
    /// The context of the person's latest event.
    public var context: ContextID?
    public var properties = PropertySetID.empty

    public init() {}

    public init(_ state: UserState) {
        context = state.context
        properties = state.properties
    }
}
