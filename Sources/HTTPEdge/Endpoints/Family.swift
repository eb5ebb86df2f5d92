/// Endpoints that belong together: one envelope, one rule for pages of other origins.
public struct Family: Sendable {
    /// As the API's description has it.
    public var name: String
    /// What it is for, in a sentence.
    public var summary: String
    /// Of the paths that nobody knows but that this family answers for; the longest that fits decides.
    public var prefixes: [String]
    public var envelope: Envelope
    /// Whether pages of any origin may send and ask: where keys are the protection, and not the origin.
    public var allowsAnyOrigin: Bool
    public var endpoints: [Endpoint]

    public init(
        _ name: String,
        _ summary: String,
        prefixes: [String] = [],
        envelope: Envelope,
        allowsAnyOrigin: Bool,
        endpoints: [Endpoint]
    ) {
        self.name = name
        self.summary = summary
        self.prefixes = prefixes
        self.envelope = envelope
        self.allowsAnyOrigin = allowsAnyOrigin
        self.endpoints = endpoints
    }
}
