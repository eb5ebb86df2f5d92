public import EventModel

/// Whom no answer may show: all keys of everybody whose deletion was asked for, and not cancelled.
///
/// Queries take it at their start, and keep to it. Source: Documentation/data.md D9.
public struct HiddenPeople: Sendable {
    public static let nobody = HiddenPeople(keys: [], version: 0)

    public let keys: Set<UserKey>
    /// Another one with every change, for as long as the record is open: equal versions, equal people.
    public let version: Int

    public init(keys: Set<UserKey>, version: Int) {
        self.keys = keys
        self.version = version
    }

    public var isEmpty: Bool { keys.isEmpty }

    public func contains(_ user: UserKey) -> Bool { !keys.isEmpty && keys.contains(user) }
}
