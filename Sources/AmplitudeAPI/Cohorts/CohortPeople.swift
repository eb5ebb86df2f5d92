import EventModel
import QueryExecution
import Storage

/// Tells who a cohort's members are by now: merges are applied, and nobody is shown who was deleted.
/// Source: Documentation/cohorts.md G3.
struct CohortPeople {
    private let merges: [UserKey: Merge]
    private let hidden: HiddenPeople

    init(_ record: any ProjectRecord) throws(ProjectRecordError) {
        hidden = try record.hiddenPeople()
        merges = Dictionary(standing: try record.standingMerges())
    }

    /// Each person once, ascending.
    func people(of members: Set<Int32>) -> [UserKey] {
        var people: Set<UserKey> = []
        for member in members {
            let person = merges.canonical(of: UserKey(member))
            if !hidden.contains(person) { people.insert(person) }
        }
        return people.sorted { $0.number < $1.number }
    }

    /// All of the members who are one of these people.
    func members(_ members: Set<Int32>, whoAre people: Set<UserKey>) -> Set<UserKey> {
        let people = Set(people.map(merges.canonical))
        return Set(members.lazy.map { UserKey($0) }.filter { people.contains(merges.canonical(of: $0)) })
    }

    func isHidden(_ user: UserKey) -> Bool { hidden.contains(merges.canonical(of: user)) || hidden.contains(user) }
}
