public import EventModel

/// The part of a project's record that finds people. Calls block.
public protocol PeopleRecord: Sendable {
    /// Users whose `user_id`, or that of a device that stands for them, begins with `prefix`: each once, ascending.
    func users(withIDPrefix prefix: String) throws(ProjectRecordError) -> [UserKey]
    /// Everything that is counted into something else.
    func standingMerges() throws(ProjectRecordError) -> [Merge]
    /// What a user's events are counted into; `nil` if it stands for itself.
    func merge(of user: UserKey) throws(ProjectRecordError) -> Merge?
    /// The merges that hold into a user, by the key that was merged.
    func merges(into user: UserKey) throws(ProjectRecordError) -> [Merge]
}
