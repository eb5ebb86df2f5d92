import Hummingbird

/// Why a body could not be read.
public enum RequestBodyError: Error, Equatable {
    /// It has more bytes than the limit, as sent or decompressed.
    case tooLarge(limit: Int)
    /// It is not the gzip stream that its headers say it is.
    case damaged
    /// It ended early, or its framing is wrong.
    case broken
    /// It is packed in another way than gzip.
    case unsupportedCoding(String)
    /// Too much is being worked on.
    case noRoom
}

extension Request {
    /// The body's parts as one: in the memory of the only part, or in memory of the length that was announced. Refused
    /// while it comes in, as soon as it is larger than allowed.
    ///
    /// - Parameters:
    ///   - limit: the most bytes.
    ///   - begins: sees the first bytes of a body of which much more is to come, and may refuse it.
    func collect(limit: Int, begins: (ByteBuffer) async throws -> Void) async throws -> ByteBuffer {
        let announced = headers[.contentLength].flatMap { Int($0) }
        guard announced ?? 0 <= limit else { throw RequestBodyError.tooLarge(limit: limit) }
        var isBegun = announced.map { $0 <= Self.small } ?? false
        var whole = ByteBuffer()
        var parts = body.makeAsyncIterator()
        while var part = try await parts.nextPart() {
            guard whole.readableBytes + part.readableBytes <= limit else {
                throw RequestBodyError.tooLarge(limit: limit)
            }
            if whole.readableBytes == 0 {
                whole = part
                if let announced, announced > part.readableBytes { whole.reserveCapacity(announced) }
            } else {
                // Chunks: memory that is doubled again and again is in pieces in the end, while a page that was never
                // written to takes nothing.
                if whole.writableBytes < part.readableBytes { whole.reserveCapacity(limit) }
                whole.writeBuffer(&part)
            }
            if !isBegun, whole.readableBytes >= Self.beginning {
                isBegun = true
                try await begins(whole)
            }
        }
        return whole
    }

    /// Bodies up to here are not worth a look before they are whole.
    private static var small: Int { 64 << 10 }
    /// So many bytes are enough to look at.
    private static var beginning: Int { 1 << 10 }
}

extension RequestBody.AsyncIterator {
    fileprivate mutating func nextPart() async throws(RequestBodyError) -> ByteBuffer? {
        do {
            return try await next()
        } catch {
            throw .broken
        }
    }
}
