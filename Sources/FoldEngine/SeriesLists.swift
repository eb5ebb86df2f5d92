/// The series in which events count: one number for each event, also where it counts in several, as the value that splits
/// it is a list.
public struct SeriesLists: Sendable {
    /// In no series.
    public static let none: Int32 = -1

    @usableFromInline private(set) var lists: [[Int32]] = []

    public init() {}

    /// - Returns: what stands for these series.
    public mutating func number(of series: [Int32]) -> Int32 {
        if series.isEmpty { return Self.none }
        if series.count == 1 { return series[0] }
        lists.append(series)
        return Self.none - Int32(lists.count)
    }

    /// Calls `body` with each series that a number stands for.
    @inlinable
    public func forEach(_ number: Int32, _ body: (Int32) -> Void) {
        if number >= 0 { return body(number) }
        if number == Self.none { return }
        for series in lists[Int(Self.none - number) - 1] { body(series) }
    }
}
