import Compression

/// What a source has under gzip, or deflate.
///
/// What swells without measure is refused: nobody's events repeat themselves so much.
final class UnpackedBytes: ByteSource {
    private let source: any ByteSource
    private let framing: Inflater.Framing
    private let inflater: Inflater
    private var input: ArraySlice<UInt8> = []
    /// Whether a stream is under way.
    private var isInside = false
    private var isOver = false
    private var packed = 0
    private var unpacked = 0

    private static let piece = 256 << 10
    /// So much is read before it is looked at how much it swells.
    private static let free = 256 << 20
    private static let mostSwelling = 300

    init(_ source: any ByteSource, _ framing: Inflater.Framing) {
        self.source = source
        self.framing = framing
        inflater = Inflater(framing)
    }

    func next() throws -> [UInt8]? {
        while !isOver {
            if input.isEmpty {
                guard let more = try source.next() else {
                    if isInside { throw ImportFileError("ends in the middle of what is packed") }
                    return nil
                }
                packed += more.count
                input = more[...]
            }
            // Behind the last member of a gzip file there may be zeros that fill up a block.
            if !isInside, framing == .gzip, packed > input.count, input.allSatisfy({ $0 == 0 }) {
                input = []
                continue
            }
            let step: Inflater.Step
            do {
                step = try inflater.unpack(input, most: Self.piece)
            } catch {
                throw ImportFileError("is damaged: what is packed cannot be unpacked")
            }
            input = input.dropFirst(step.used)
            isInside = !step.isEnd
            if step.isEnd {
                if framing == .raw { isOver = true } else { inflater.reset() }
            } else if step.used == 0, step.content.isEmpty {
                throw ImportFileError("is damaged: what is packed cannot be unpacked")
            }
            unpacked += step.content.count
            if unpacked > Self.free, unpacked / Self.mostSwelling > packed {
                throw ImportFileError("unpacks to more than \(Self.mostSwelling) times its size, which no export does")
            }
            if !step.content.isEmpty { return step.content }
        }
        return nil
    }
}
