import ColumnEngine
import EventModel
import QueryModel

/// Finds the people who have a share in one cell of an answer, by the answer's own fold: folded over one person alone, it
/// gives that person's share.
///
/// People without a share are passed over many at a time: where the fold over all of them has nothing in the cell, none of
/// them has. So are people who are not on the page that is wanted, where the fold tells how many of them have a share.
/// Memory is bounded by the page.
struct SharesScan<Fold: EventFold>: EventFold {
    private let empty: Fold
    private let page: UserPage
    private let share: @Sendable (Fold) -> Share?
    private var count = 0
    /// Of the page, in no order, and more than it takes.
    private var users: [CellUsers.User] = []
    /// Nobody after this one is on the page, as it is full.
    private var last: UserKey?

    /// Into so many parts people are split of whom some have a share.
    private static var parts: Int { 4 }

    /// - Parameters:
    ///   - empty: the fold before anybody was added to it; the smaller it is, the better.
    ///   - share: what a fold has in the cell; `nil` if nobody who was added has a share. A share may be 0, and those of
    ///     several people may make 0 together.
    init(_ empty: Fold, _ page: UserPage, share: @escaping @Sendable (Fold) -> Share?) {
        self.empty = empty
        self.page = page
        self.share = share
    }

    var selectsByType: Bool { empty.selectsByType }

    mutating func add(_ events: ScannedEvents) {
        guard let share = share(of: events), !passOver(events, share) else { return }
        if events.people.count == 1 {
            list(events, share)
        } else {
            var some = events
            search(events.people, &some)
        }
    }

    /// Counts people who are not on the page, if it is known how many they are.
    private mutating func passOver(_ events: ScannedEvents, _ share: Share) -> Bool {
        guard let people = share.people else { return false }
        // Ascending in a block.
        let first = UserKey(events.block.people[events.people.lowerBound])
        let final = UserKey(events.block.people[events.people.upperBound - 1])
        let isBefore = page.after.map { final <= $0 } ?? false
        let isAfter = last.map { first > $0 } ?? false
        if isBefore || isAfter { count += people }
        return isBefore || isAfter
    }

    private func share(of events: ScannedEvents) -> Share? {
        if events.isEmpty { return nil }
        var fold = empty
        fold.add(events)
        return share(fold)
    }

    private mutating func search(_ people: Range<Int>, _ events: inout ScannedEvents) {
        let size = (people.count + Self.parts - 1) / Self.parts
        for first in stride(from: people.lowerBound, to: people.upperBound, by: size) {
            let part = first..<min(first + size, people.upperBound)
            events.narrow(to: part)
            guard let share = share(of: events), !passOver(events, share) else { continue }
            if part.count == 1 {
                list(events, share)
            } else {
                search(part, &events)
            }
        }
    }

    private mutating func list(_ events: ScannedEvents, _ share: Share) {
        count += 1
        let key = UserKey(events.block.people[events.people.lowerBound])
        if let after = page.after, key <= after { return }
        users.append(CellUsers.User(key: key, value: share.value))
        if users.count >= 2 * page.limit + 64 { sort() }
    }

    /// Keeps the page, and one person more if there is another page.
    private mutating func sort() {
        users.sort { $0.key < $1.key }
        users.removeLast(max(0, users.count - page.limit - 1))
        if users.count > page.limit { last = users[page.limit].key }
    }

    mutating func merge(_ other: SharesScan) {
        count += other.count
        users += other.users
        sort()
    }

    /// What was found.
    var answer: CellUsers {
        var last = self
        last.sort()
        let isLast = last.users.count <= page.limit
        let users = Array(last.users.prefix(page.limit))
        return CellUsers(count: count, users: users, next: isLast ? nil : users.last?.key)
    }
}

/// What one person has in a cell, or several have together.
struct Share: Sendable {
    var value: Double
    /// How many have a share; `nil` where only a look at each of them tells.
    var people: Int?

    /// - Parameter people: each of whom has a share of 1.
    /// - Returns: `nil` if there is nobody.
    static func of(people: Int) -> Share? { people == 0 ? nil : Share(value: Double(people), people: people) }
}

extension QueryError {
    /// - Parameter part: the part of a cell's place that says `index`.
    static func check(_ part: CellPart, _ index: Int, of count: Int) throws(QueryError) {
        guard (0..<count).contains(index) else { throw .noSuchCell(part, valid: 0..<count) }
    }
}
