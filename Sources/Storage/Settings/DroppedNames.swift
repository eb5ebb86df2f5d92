public import EventModel

/// What a project does not want to be stored: what of it comes is dropped on the way in.
/// Source: Documentation/taxonomy.md X5, X12.
public struct DroppedNames: Equatable, Sendable {
    public let types: Set<ExactText>
    private let properties: [PlannedProperty.Kind: [ExactText?: Set<ExactText>]]

    public init(_ settings: EventSettings) {
        types = Set(settings.types.lazy.filter(\.value.isDropped).map(\.key))
        var properties: [PlannedProperty.Kind: [ExactText?: Set<ExactText>]] = [:]
        for (property, settings) in settings.properties where settings.isDropped {
            properties[property.kind, default: [:]][property.owner, default: []].insert(property.name)
        }
        self.properties = properties
    }

    public var hasProperties: Bool { !properties.isEmpty }

    /// The properties of a kind, whomever they belong to, and those of this owner alone.
    public func properties(of kind: PlannedProperty.Kind, owner: ExactText? = nil) -> Set<ExactText> {
        guard let all = properties[kind] else { return [] }
        let shared = all[nil] ?? []
        guard let owner, let own = all[owner] else { return shared }
        return shared.union(own)
    }
}
