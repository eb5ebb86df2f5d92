public import EventModel

/// What a person has done in all. Source: Documentation/people.md P6.
public struct PersonActivity: Equatable, Sendable {
    public var events = 0
    /// Sessions with an active event.
    public var sessions = 0
    /// The length of those of up to 24 hours, from first to last event on the sender's clock.
    /// Source: Documentation/sessions.md S3, S4.
    public var sessionMilliseconds: Int64 = 0
    public var first: Timestamp?
    public var last: Timestamp?
    /// Events with a revenue above zero.
    public var purchases = 0
    /// Refunds taken off.
    public var revenue = 0.0
    /// The device ids of all rows, that of the latest event first; at most ``mostDevices``.
    public var devices: [String] = []
    /// Of the latest event that carried one.
    public var location: Location?

    public static let mostDevices = 1_000
    /// Longer sessions have no length. Source: Documentation/sessions.md S4.
    public static let longestSessionMs: Int64 = 86_400_000

    public struct Location: Equatable, Sendable {
        public var latitude: Double
        public var longitude: Double

        public init(latitude: Double, longitude: Double) {
            self.latitude = latitude
            self.longitude = longitude
        }
    }

    public init() {}
}

/// Which event types count for what.
public struct ActivityTypes: Sendable {
    /// Identifies: they count for nothing.
    public var ignored: [EventTypeID]
    /// Of these there are events, but they open no session.
    public var inactive: [EventTypeID]
    /// These do not lengthen a session: hidden or deleted ones.
    public var lengthless: [EventTypeID]

    public init(ignored: [EventTypeID], inactive: [EventTypeID] = [], lengthless: [EventTypeID] = []) {
        self.ignored = ignored
        self.inactive = inactive
        self.lengthless = lengthless
    }
}
