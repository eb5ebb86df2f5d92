/// Events that were stored once and have left since. Source: Documentation/data.md D17.
public struct DepartedCounts: Equatable, Sendable {
    /// With their person.
    public var deleted = 0
    /// For their age, those among them that were too old when they came.
    public var expired = 0

    public init(deleted: Int = 0, expired: Int = 0) {
        self.deleted = deleted
        self.expired = expired
    }

    public var all: Int { deleted + expired }

    public static func += (sum: inout DepartedCounts, more: DepartedCounts) {
        sum.deleted += more.deleted
        sum.expired += more.expired
    }
}
