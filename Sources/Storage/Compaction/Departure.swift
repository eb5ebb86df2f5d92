public import EventModel

/// What is to leave a project for good. Source: Documentation/data.md D15.
public struct Departure: Equatable, Sendable {
    /// With all that they did and were; people who are one with them are named, too.
    public var people: Set<UserKey>
    /// Earlier events leave, but for each person's first: it says when they were new. `nil` if none does for its age.
    public var before: Timestamp?

    /// What they were called, and what stood for them: with a number, where it may stand for others since.
    public var userIDs: Set<String> = []
    public var deviceIDs: [DeviceKey: String] = [:]

    public init(people: Set<UserKey> = [], before: Timestamp? = nil) {
        self.people = people
        self.before = before
    }

    public var isEmpty: Bool { people.isEmpty && before == nil }
}
