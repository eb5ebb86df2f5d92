/// A source whose beginning was looked at.
final class PeekedBytes: ByteSource {
    private let source: any ByteSource
    private var first: [UInt8]?

    init(_ source: any ByteSource) throws {
        self.source = source
        first = try source.next()
    }

    /// The first bytes; none of an empty source.
    var beginning: ArraySlice<UInt8> { (first ?? [])[...] }

    func next() throws -> [UInt8]? {
        guard let first else { return try source.next() }
        self.first = nil
        return first
    }
}
