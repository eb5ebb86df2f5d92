/// How many rows are read at a time: more where they are small.
struct PieceSize {
    private(set) var rows = PieceSize.possible.lowerBound

    private static let possible = 512...16_384
    /// Bytes of the lines of a piece.
    private static let goodBytes = 4 << 20...12 << 20

    /// - Parameter bytes: of the lines of the last piece.
    mutating func adapt(to bytes: Int) {
        if bytes > Self.goodBytes.upperBound { rows = max(rows / 2, Self.possible.lowerBound) }
        if bytes < Self.goodBytes.lowerBound { rows = min(rows * 2, Self.possible.upperBound) }
    }
}
