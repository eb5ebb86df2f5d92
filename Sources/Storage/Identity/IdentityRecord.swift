public import EventModel

/// The part of a project's record that says who people are: what the way in remembers of users, devices and groups.
///
/// Used by one writer; calls block.
public protocol IdentityRecord: Sendable {
    /// The user with that `user_id`.
    func user(withID userID: String) throws(ProjectRecordError) -> UserState?
    func user(_ key: UserKey) throws(ProjectRecordError) -> UserState?
    func user(_ amplitudeID: AmplitudeID) throws(ProjectRecordError) -> UserState?
    /// Who was imported with that number, which another person of this project may have, too.
    func user(importedAs amplitudeID: AmplitudeID) throws(ProjectRecordError) -> UserKey?
    func device(withID deviceID: String) throws(ProjectRecordError) -> DeviceState?
    /// All users and all devices, in no order; for a project that has few enough of them to keep.
    func allUsers() throws(ProjectRecordError) -> [UserState]
    func allDevices() throws(ProjectRecordError) -> [DeviceState]
    /// The properties of a group, a JSON object; `nil` if it has none.
    func groupProperties(type: String, value: String) throws(ProjectRecordError) -> String?
    /// When the values arrived that a user's properties have now, but for what is in the log alone.
    func arrivals(of user: UserKey) throws(ProjectRecordError) -> PersonArrivals
    /// What was received since all was collected, but for what was settled since; in order of arrival.
    func loggedArrivals() throws(ProjectRecordError) -> [BundleArrival]
    /// The user into whom this one's events are counted; `nil` if it stands for itself.
    func mergeTarget(of user: UserKey) throws(ProjectRecordError) -> UserKey?
    /// How many anonymous ids have been merged into a user.
    func mergeCount(into user: UserKey) throws(ProjectRecordError) -> Int
}
