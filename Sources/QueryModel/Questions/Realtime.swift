/// People active in every five minutes of the last 24 hours, and of the 24 hours before.
/// Source: Documentation/time.md T10.
public struct RealtimeAnswer: Equatable, Sendable {
    /// When each bucket begins by the project's clock, `HH:mm`: 288 of them, the last one has just ended.
    public var labels: [String]
    public var today: [Int]
    public var yesterday: [Int]

    public init(labels: [String], today: [Int], yesterday: [Int]) {
        self.labels = labels
        self.today = today
        self.yesterday = yesterday
    }
}
