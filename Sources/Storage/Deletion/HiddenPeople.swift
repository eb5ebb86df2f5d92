public import EventModel

/// What no answer may show: all keys of everybody whose deletion was asked for, and not cancelled; and days that have left.
///
/// Queries take it at their start, and keep to it. Source: Documentation/data.md D9, D19.
public struct HiddenPeople: Sendable {
    public static let nobody = HiddenPeople(keys: [], version: 0)

    public let keys: Set<UserKey>
    /// Whatever happened earlier has left the project, though a person's first event stays to say when they were new;
    /// `nil` if nothing has left for its age. The beginning of a day, and never earlier than it was.
    public let cut: Timestamp?
    /// Another one with every change of the keys, for as long as the record is open: equal versions, equal people.
    public let version: Int

    public init(keys: Set<UserKey>, cut: Timestamp? = nil, version: Int) {
        self.keys = keys
        self.cut = cut
        self.version = version
    }

    /// Whether all is shown.
    public var isEmpty: Bool { keys.isEmpty && cut == nil }

    public func contains(_ user: UserKey) -> Bool { !keys.isEmpty && keys.contains(user) }

    /// Whether something that happened then has left.
    public func hasLeft(_ time: Timestamp) -> Bool { cut.map { time < $0 } ?? false }

    /// Whether an event is no part of any list of events.
    public func hides(_ event: StoredEvent) -> Bool { contains(event.user) || hasLeft(event.time) }

    /// Of a time, what has not left.
    public func present(_ times: Range<Timestamp>) -> Range<Timestamp> {
        guard let cut, cut > times.lowerBound else { return times }
        return min(cut, times.upperBound)..<times.upperBound
    }
}
