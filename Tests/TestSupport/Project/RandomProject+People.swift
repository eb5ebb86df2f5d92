import Storage

/// Who is who in a random project, after the merges that are known by then.
extension RandomProject {
    /// By user key: the person.
    public func persons(upToBatch last: Int) -> [Int: Int] {
        let identity = PlainIdentity(batches[...last].flatMap(\.merges))
        return Dictionary(uniqueKeysWithValues: (1...Self.peopleCount).map { ($0, identity.root(of: $0)) })
    }

    /// The events of the first batches, in order of arrival.
    public func events(upToBatch last: Int) -> [PlainEvent] {
        let persons = persons(upToBatch: last)
        let count = batches[...last].reduce(0) { $0 + $1.events.count }
        return events.prefix(count).map { event in
            var event = event
            event.person = persons[event.person]!
            event.keys = Set(persons.filter { $0.value == event.person }.keys)
            return event
        }
    }

    /// The same events by person, each one's in order of time.
    public func people(upToBatch last: Int) -> [[PlainEvent]] {
        Dictionary(grouping: events(upToBatch: last), by: \.person).sorted { $0.key < $1.key }.map { _, own in
            own.sorted { ($0.milliseconds, $0.arrival) < ($1.milliseconds, $1.arrival) }
        }
    }
}
