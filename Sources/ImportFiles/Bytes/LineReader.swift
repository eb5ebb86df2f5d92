/// Some lines of a file.
public struct LinePiece: Sendable {
    /// The lines, each with a line feed; where one was too long, an empty one stands in its place.
    public var bytes: [UInt8]
    /// From 1 on.
    public var firstLine: Int
    /// Lines that were left out, as they are too long to be events.
    public var tooLong: [Int]
}

/// Cuts bytes into pieces of whole lines, with no more of them in memory than a piece.
public final class LineReader {
    private let source: any ByteSource
    private let file: FileBytes
    private var rest: [UInt8] = []
    private var isOver = false
    private var nextLine = 1
    private var tooLong: [Int] = []
    private var failure: (any Error)?

    /// Bytes of a piece, if its lines are not long: few enough for a processor's cache.
    static let goodPiece = 1 << 20
    /// Bytes of a line: an event has a megabyte, and its person's properties a quarter of one.
    public static let longestLine = 8 << 20

    /// - Parameter file: where the source has its bytes from.
    init(_ source: any ByteSource, of file: FileBytes) {
        self.source = source
        self.file = file
    }

    /// Bytes of the file, as it lies there, that were read so far.
    public var packedCount: UInt64 { file.count }
    /// The number of the line that comes next.
    public var line: Int { nextLine }

    /// `nil` at the end. What comes before something that cannot be read is given before that is thrown.
    public func next() throws -> LinePiece? {
        var piece = LinePiece(bytes: [], firstLine: nextLine, tooLong: [])
        while piece.bytes.count < Self.goodPiece, !isOver {
            do {
                guard let more = try source.next() else {
                    isOver = true
                    break
                }
                take(more, into: &piece)
            } catch {
                failure = error
                isOver = true
                // What is left of the line is none.
                rest = []
            }
        }
        if isOver, !rest.isEmpty {
            piece.bytes += rest
            piece.bytes.append(UInt8(ascii: "\n"))
            nextLine += 1
            rest = []
        }
        piece.tooLong = tooLong
        tooLong = []
        if !piece.bytes.isEmpty || !piece.tooLong.isEmpty { return piece }
        if let failure {
            self.failure = nil
            throw failure
        }
        return nil
    }

    /// Whether the line at hand is too long, and its end is still to come.
    private var isSkipping = false

    private func take(_ more: [UInt8], into piece: inout LinePiece) {
        var more = more[...]
        if isSkipping {
            guard let end = more.firstIndex(of: UInt8(ascii: "\n")) else { return }
            isSkipping = false
            more = more[end...]
        }
        // Searched from the end, as it is near.
        if let last = more.lastIndex(of: UInt8(ascii: "\n")) {
            let lines = more[...last]
            piece.bytes += rest
            piece.bytes += lines
            nextLine += Self.lineFeeds(lines.span)
            rest.removeAll(keepingCapacity: true)
            more = more[(last + 1)...]
        }
        rest += more
        if rest.count > Self.longestLine {
            isSkipping = true
            tooLong.append(nextLine)
            rest = []
        }
    }

    private static func lineFeeds(_ bytes: Span<UInt8>) -> Int {
        var count = 0
        for place in bytes.indices where bytes[place] == UInt8(ascii: "\n") { count &+= 1 }
        return count
    }
}
