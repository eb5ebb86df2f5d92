/// A block, and where its rows lie in it.
struct LoadedBlock: Sendable {
    var rows: Range<Int> = 0..<0
    /// By row, counted from the first: its place.
    var places: [Int32] = []
    var block = EventBlock()
}
