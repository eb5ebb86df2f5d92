public import EventModel

/// A property that a query names: which one it is no longer depends on how it was written.
public enum PropertyReference: Hashable, Sendable {
    /// A property of the event itself.
    case event(ExactText)
    /// A custom user property, as it stood at the event.
    case user(ExactText)
    /// The custom user property of this name or, where no user ever had one, the event property. A project's events tell
    /// which, so a question is asked about one of the two. Source: Documentation/counting.md C6.
    case userOrEvent(ExactText)
    /// A built-in user property, as it stood at the event.
    case builtIn(BuiltInProperty)
    /// What is known of the sender, or of the device, and no built-in property: such as the operating system without its
    /// version.
    case context(ContextField)
    /// The name of the event's type.
    case eventType
    /// The revenue of the event, a number; none if it is no revenue event. Source: Documentation/revenue.md M1.
    case revenue
}

/// A user property that every project has. Raw value: its name in a question's document. Source:
/// Documentation/counting.md C6.
public enum BuiltInProperty: String, CaseIterable, Sendable {
    case version, country, city, region, language, platform, os, device, carrier, library, paying, dma
    /// The same as `device`: Amplitude's name for it outside of its Dashboard REST API.
    case deviceFamily = "device_family"
    case deviceType = "device_type"
    case startVersion = "start_version"
    case userID = "user_id"
    case deviceID = "device_id"
}
