public import EventModel

/// Fingerprints accepted at one moment.
public struct FingerprintBatch: Sendable {
    public var receivedAt: Timestamp
    public var fingerprints: [Fingerprint]

    public init(receivedAt: Timestamp, fingerprints: [Fingerprint]) {
        self.receivedAt = receivedAt
        self.fingerprints = fingerprints
    }
}
