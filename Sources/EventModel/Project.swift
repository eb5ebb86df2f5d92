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
    /// Keys that were replaced and still work, or did until lately.
    public var oldKeys: [OldKey]

    public init(
        id: Int64,
        name: String,
        timeZone: ProjectTimeZone,
        retentionDays: RetentionDays = .windows,
        apiKey: String,
        secretKey: String,
        oldKeys: [OldKey] = []
    ) {
        self.id = id
        self.name = name
        self.timeZone = timeZone
        self.retentionDays = retentionDays
        self.apiKey = apiKey
        self.secretKey = secretKey
        self.oldKeys = oldKeys
    }

    /// The old keys of a kind that still work.
    public func oldKeys(_ kind: OldKey.Kind, at now: Timestamp) -> [OldKey] {
        oldKeys.filter { $0.kind == kind && now < $0.endsAt }
    }
}

/// A key that was replaced, and works beside the new one until its time is over.
public struct OldKey: Hashable, Sendable {
    public enum Kind: String, Sendable { case api, secret }

    public var kind: Kind
    public var key: String
    /// From then on nobody knows it.
    public var endsAt: Timestamp

    public init(_ kind: Kind, _ key: String, endsAt: Timestamp) {
        self.kind = kind
        self.key = key
        self.endsAt = endsAt
    }
}
