/// A project: one team's events, keys and settings.
public struct Project: Hashable, Sendable {
    /// Counted from 1; the folder of its data is named after it.
    public var id: Int64
    public var name: String
    public var timeZone: ProjectTimeZone
    public var retentionDays: RetentionDays
    /// Public: clients send events with it.
    public var apiKey: String
    /// Private: together with the API key it reads everything.
    public var secretKey: String

    public init(
        id: Int64,
        name: String,
        timeZone: ProjectTimeZone,
        retentionDays: RetentionDays = .windows,
        apiKey: String,
        secretKey: String
    ) {
        self.id = id
        self.name = name
        self.timeZone = timeZone
        self.retentionDays = retentionDays
        self.apiKey = apiKey
        self.secretKey = secretKey
    }
}
