public import EventModel

/// What the record knows of a device id. Source: Documentation/events-and-identity.md E25.
public struct DeviceState: Equatable, Sendable {
    public var key: DeviceKey
    public var deviceID: String
    /// Whose events those are that name only the device; `.nobody` if that person was deleted, and it is as if it had never
    /// been seen.
    public var user: UserKey
    /// True until some user_id has been seen on the device: then `user` is anonymous and may be taken over once.
    public var isUnclaimed: Bool
    /// If it is an import that says whose it is: when another server had received the event that tells it.
    public var importedAt: Timestamp?

    public init(
        key: DeviceKey,
        deviceID: String,
        user: UserKey,
        isUnclaimed: Bool,
        importedAt: Timestamp? = nil
    ) {
        self.key = key
        self.deviceID = deviceID
        self.user = user
        self.isUnclaimed = isUnclaimed
        self.importedAt = importedAt
    }
}
