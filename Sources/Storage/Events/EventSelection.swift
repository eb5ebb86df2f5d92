/// Which events are read.
public struct EventSelection: Sendable {
    public var rows: Range<Int>
    /// Only events of these types; `nil` for all.
    public var types: Set<Int32>?

    public init(rows: Range<Int>, types: Set<Int32>? = nil) {
        self.rows = rows
        self.types = types
    }
}
