import ColumnEngine
import EventModel
import QueryModel
import Storage
import TestSupport
import Testing

@testable import QueryExecution

/// A project taken apart: each person's events, as a project of that person alone. What an ordinary answer says there is
/// that person's share of what it says of all; no code for listing people is shared.
struct PeopleApart {
    let people: [(key: UserKey, engine: QueryEngine)]
    private let batches: [JournalBatch]
    private let hidden: HiddenPeople

    /// - Parameters:
    ///   - hidden: what no answer may show.
    ///   - payment: what every payment is; `nil` for what it was.
    init(
        _ batches: some Collection<JournalBatch>,
        without hidden: HiddenPeople,
        payment: Double? = nil
    ) throws {
        self.batches = Array(batches)
        self.hidden = hidden
        let identity = PlainIdentity(batches.flatMap(\.merges))
        func person(_ key: UserKey) -> UserKey { UserKey(Int32(identity.root(of: Int(key.number)))) }
        let keys = batches.flatMap { $0.events.map(\.user) + $0.merges.flatMap { [$0.from, $0.into] } }
        people = try Set(keys.map(person)).sorted().map { key in
            let store = MemoryEventStore()
            try store.append(
                batches.map { batch in
                    var batch = batch
                    let events = batch.events.filter { person($0.user) == key }
                    batch.events = StoredEvents(
                        events.map { event in
                            var event = event
                            if let payment, event.revenue != nil { event.revenue = payment }
                            return event
                        }
                    )
                    return batch
                }
            )
            let columns = ColumnStore(store) { () throws(EventStoreError) in hidden }
            return (key, QueryEngine(columns: columns) { () throws(EventStoreError) in })
        }
    }

    /// The same people, of whom each has paid 1 as often as something: their sums say how many payments there are in a
    /// cell, also where these are of nothing.
    func withPaymentsOfOne() throws -> PeopleApart { try PeopleApart(batches, without: hidden, payment: 1) }

    /// What each person's own answer says; those of whom it says nothing are left out.
    func shares(_ share: (QueryEngine) async throws -> Double?) async throws -> [CellUsers.User] {
        var users: [CellUsers.User] = []
        for (key, engine) in people {
            if let value = try await share(engine), value != 0 { users.append(CellUsers.User(key: key, value: value)) }
        }
        return users
    }
}

/// All users of a cell, page by page.
///
/// - Parameter limit: users of a page.
func everyPage(
    _ limit: Int,
    _ place: String,
    _ users: (UserPage) async throws -> CellUsers
) async throws -> [CellUsers.User] {
    var all: [CellUsers.User] = []
    var page = UserPage(after: nil, limit: limit)
    while true {
        let answer = try await users(page)
        try #require(page.after == nil || !answer.users.isEmpty, "\(place): no page after the last one")
        all += answer.users
        guard let next = answer.next else {
            try #require(answer.count == all.count, "\(place): all pages together are all users")
            break
        }
        try #require(answer.users.count == limit && next == answer.users.last?.key, "\(place): a full page")
        page.after = next
    }
    try #require(zip(all, all.dropFirst()).allSatisfy { $0.key < $1.key }, "\(place): ascending")
    return all
}

func isNear(_ a: Double, _ b: Double) -> Bool {
    a == b || abs(a - b) <= 1e-9 * max(1, abs(a), abs(b))
}

func areNear(_ a: [CellUsers.User], _ b: [CellUsers.User]) -> Bool {
    a.map(\.key) == b.map(\.key) && zip(a, b).allSatisfy { isNear($0.value, $1.value) }
}

extension [CellUsers.User] {
    var sum: Double { reduce(0) { $0 + $1.value } }
}
