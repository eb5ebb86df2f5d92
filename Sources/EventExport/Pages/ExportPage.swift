/// Some events, or merges, in the order of arrival.
public struct ExportPage: Equatable, Sendable {
    /// Lines of JSON, each with a line feed at its end.
    public var lines: [UInt8]
    /// How many.
    public var count: Int
    /// With what the next page begins.
    public var next: Int
    /// Before what the last page ends: there is none after this one if ``next`` is as far.
    public var end: Int

    public init(lines: [UInt8], count: Int, next: Int, end: Int) {
        self.lines = lines
        self.count = count
        self.next = next
        self.end = end
    }
}
