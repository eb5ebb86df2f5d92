import EventModel
import Storage

/// When people were last seen, each by all keys whose events are theirs. Source: Documentation/people.md P2.
struct LastSeen {
    /// By key, what it is merged or mapped into.
    private let merges: [UserKey: Merge]
    /// By person, milliseconds; least for whoever was never seen.
    private var times: [UserKey: Int64] = [:]

    /// - Parameter users: any keys of the people who matter.
    init(of users: [UserKey], _ merges: [Merge]) {
        self.merges = Dictionary(standing: merges)
        for user in users { times[self.merges.canonical(of: user)] = .min }
    }

    /// Notes the time of a key's last event, for everybody whose event it is.
    mutating func note(_ user: UserKey, _ time: Int64) {
        var next: UserKey? = user
        for _ in 0..<1_000 {
            guard let person = next else { break }
            if let known = times[person], known < time { times[person] = time }
            next = merges[person]?.into
        }
    }

    /// So many of the people who were seen last; and of those who were seen in the same moment as the last of these, some
    /// more, as ids decide among them.
    ///
    /// - Parameter ties: the most of them; of more those with the least numbers.
    func latest(_ count: Int, ties: Int) -> [UserKey] {
        let sorted = times.sorted { a, b in a.value != b.value ? a.value > b.value : a.key < b.key }
        guard sorted.count > count, count > 0 else { return sorted.map(\.key) }
        let last = sorted[count - 1].value
        let tied = sorted[count...].prefix(ties).prefix { $0.value == last }
        return (sorted[..<count] + tied).map(\.key)
    }
}
