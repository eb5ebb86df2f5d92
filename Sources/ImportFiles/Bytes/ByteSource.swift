import Foundation

/// Gives bytes one piece after the other, each of some hundred KB at most.
protocol ByteSource: AnyObject {
    /// Never empty; `nil` at the end.
    func next() throws -> [UInt8]?
}

/// Bytes of a file.
final class FileBytes: ByteSource {
    private let handle: FileHandle
    private var rest: UInt64
    /// Bytes that were read so far.
    private(set) var count: UInt64 = 0

    private static let piece: UInt64 = 256 << 10

    /// - Parameter range: the part of the file that is meant; all of it if left out.
    init(_ path: String, _ range: Range<UInt64>? = nil) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw ImportFileError("cannot be opened") }
        self.handle = handle
        if let range { try handle.seek(toOffset: range.lowerBound) }
        rest = range.map { $0.upperBound - $0.lowerBound } ?? .max
    }

    func next() throws -> [UInt8]? {
        if rest == 0 { return nil }
        guard let data = try handle.read(upToCount: Int(min(rest, Self.piece))), !data.isEmpty else {
            if rest != .max, rest > 0 { throw ImportFileError("ends in the middle") }
            return nil
        }
        if rest != .max { rest -= UInt64(data.count) }
        count += UInt64(data.count)
        return Array(data)
    }

    deinit {
        try? handle.close()
    }
}
