public import EventModel

/// The part of a project's record that finds people. Calls block.
public protocol PeopleRecord: Sendable {
    /// Users whose `user_id` begins with `prefix`, in the order of their ids.
    func users(withIDPrefix prefix: String, limit: Int) throws(ProjectRecordError) -> [UserState]
    /// Devices whose `device_id` begins with `prefix`, in the order of their ids.
    func devices(withIDPrefix prefix: String, limit: Int) throws(ProjectRecordError) -> [DeviceState]
    /// What a user's events are counted into; `nil` if it stands for itself.
    func merge(of user: UserKey) throws(ProjectRecordError) -> Merge?
    /// The merges that hold into a user, by the key that was merged.
    func merges(into user: UserKey) throws(ProjectRecordError) -> [Merge]
}
