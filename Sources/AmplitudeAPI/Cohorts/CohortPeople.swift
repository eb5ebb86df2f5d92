import EventModel
import Storage

/// Tells who a cohort's members are by now: merges are applied, and nobody is shown who was deleted.
/// Source: Documentation/cohorts.md G3.
struct CohortPeople {
    private var targets: [UserKey: UserKey] = [:]
    private let hidden: HiddenPeople

    init(_ record: any ProjectRecord) throws(ProjectRecordError) {
        hidden = try record.hiddenPeople()
        // Who is only mapped to somebody stays somebody of their own.
        for merge in try record.standingMerges() where merge.cause == .login { targets[merge.from] = merge.into }
    }

    /// Each person once, ascending.
    func people(of members: Set<Int32>) -> [UserKey] {
        var people: Set<UserKey> = []
        for member in members {
            let person = person(of: UserKey(member))
            if !hidden.contains(person) { people.insert(person) }
        }
        return people.sorted { $0.number < $1.number }
    }

    /// All of the members who are one of these people.
    func members(_ members: Set<Int32>, whoAre people: Set<UserKey>) -> Set<UserKey> {
        let people = Set(people.map(person))
        return Set(members.lazy.map { UserKey($0) }.filter { people.contains(person(of: $0)) })
    }

    func isHidden(_ user: UserKey) -> Bool { hidden.contains(person(of: user)) || hidden.contains(user) }

    private func person(of user: UserKey) -> UserKey {
        var person = user
        // Merges form no circles, but a damaged record must not hang the server.
        for _ in 0..<1_000 {
            guard let target = targets[person] else { break }
            person = target
        }
        return person
    }
}
