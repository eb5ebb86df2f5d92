public import EventModel
import QueryExecution
public import Storage

/// Tells who a cohort's members are by now: merges are applied, and nobody is shown who was deleted.
/// Source: Documentation/cohorts.md G3.
public struct CohortPeople {
    private let merges: [UserKey: Merge]
    private let hidden: HiddenPeople

    public init(_ record: any ProjectRecord) throws(ProjectRecordError) {
        hidden = try record.hiddenPeople()
        merges = Dictionary(standing: try record.standingMerges())
    }

    /// Each person once, ascending.
    public func people(of members: UserKeySet) -> [UserKey] {
        Array(UserKeySet(members.lazy.map(merges.canonical).filter { !hidden.contains($0) }))
    }

    /// All of the members who are one of these people.
    public func members(_ members: UserKeySet, whoAre people: UserKeySet) -> UserKeySet {
        let people = UserKeySet(people.lazy.map(merges.canonical))
        return UserKeySet(members.lazy.filter { people.contains(merges.canonical(of: $0)) })
    }

    public func isHidden(_ user: UserKey) -> Bool {
        hidden.contains(merges.canonical(of: user)) || hidden.contains(user)
    }
}
