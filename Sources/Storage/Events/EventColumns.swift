/// A column of dense numbers.
public enum NumberColumn: CaseIterable, Sendable {
    /// ``ContextID`` of each event.
    case context
    /// ``PropertySetID`` of each event.
    case userProperties
    /// ``DeviceKey`` of each event.
    case device
    /// ``UserKey`` of each event.
    case user
    /// ``UserKey`` of each event that carried a `user_id`, 0 for the others.
    case namedUser
}

/// A column of whole numbers that are no keys.
public enum LongColumn: CaseIterable, Sendable {
    /// Start of the session in milliseconds; -1 is "no session".
    case sessionID
    /// When the event happened on the sender's clock, in milliseconds.
    case clientTime
    /// When the event happened on the server's clock, in milliseconds.
    case time
}
