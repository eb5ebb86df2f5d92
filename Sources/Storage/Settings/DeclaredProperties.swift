/// The properties of which a project says what their values must be, as of one moment: another object with every change.
/// Source: Documentation/taxonomy.md X13.
public final class DeclaredProperties: Sendable {
    /// Also those of which nothing is said, for one event type, where something is said for all.
    public let all: [PlannedProperty: PropertySettings]

    /// `nil` if nothing is said of any.
    public init?(_ settings: EventSettings) {
        // What is dropped never comes.
        all = settings.properties.mapValues { $0.isDropped ? PropertySettings() : $0 }
        guard all.values.contains(where: \.isDeclared) else { return nil }
    }
}

extension PropertySettings {
    /// Whether a value can be another than it must be.
    public var isDeclared: Bool { type != .any || isList || isRequired || pattern != nil }
}
