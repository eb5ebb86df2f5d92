import Compression
public import Hummingbird

extension Call {
    /// The whole body, decompressed.
    ///
    /// - Parameters:
    ///   - limit: the most bytes, both as sent and decompressed.
    ///   - begins: sees the first bytes of a body that is large or packed, decompressed, and may refuse it before the rest
    ///     has come or is unpacked.
    /// - Throws: ``RequestBodyError``, or what `begins` throws.
    public func content(
        limit: Int,
        begins: ([UInt8]) async throws -> Void
    ) async throws -> ByteBuffer {
        let coding = try ContentCoding(request.headers)
        var isSeen = false
        let sent = try await request.collect(limit: limit) { first in
            isSeen = true
            try await begins(coding.beginning(of: first))
        }
        switch coding {
        case .plain:
            try await work.take(sent.readableBytes)
            return sent
        case .gzip:
            // A small one may swell, too, and that is not worth it for nobody.
            if !isSeen { try await begins(coding.beginning(of: sent)) }
            return try await unpack(sent, limit: limit)
        }
    }

    /// The whole body, decompressed.
    ///
    /// - Parameter limit: the most bytes, both as sent and decompressed.
    public func content(limit: Int) async throws(RequestBodyError) -> ByteBuffer {
        do {
            return try await content(limit: limit) { _ in }
        } catch let error as RequestBodyError {
            throw error
        } catch {
            preconditionFailure("nothing else is thrown, as the beginning is not looked at")
        }
    }

    private func unpack(_ sent: ByteBuffer, limit: Int) async throws(RequestBodyError) -> ByteBuffer {
        // Not to be relied on: behind the last member there may be anything.
        let announced = min(limit, Gzip.announcedSize(sent.readableBytesUInt8Span))
        try await work.take(max(announced, sent.readableBytes), unpacked: announced)
        do throws(Gzip.Failure) {
            return ByteBuffer(bytes: try Gzip.decompress(sent.readableBytesUInt8Span, limit: announced))
        } catch .tooLarge {
            guard announced < limit else { throw .tooLarge(limit: limit) }
            // It has more members than the one whose size it tells, or it lies.
        } catch {
            throw .damaged
        }
        try await work.take(limit, unpacked: limit)
        do throws(Gzip.Failure) {
            return ByteBuffer(bytes: try Gzip.decompress(sent.readableBytesUInt8Span, limit: limit))
        } catch .tooLarge {
            throw .tooLarge(limit: limit)
        } catch {
            throw .damaged
        }
    }
}
