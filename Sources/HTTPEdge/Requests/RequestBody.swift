import Compression
public import Hummingbird

/// Why a body could not be read.
public enum RequestBodyError: Error, Equatable {
    /// It has more bytes than the limit, as sent or decompressed.
    case tooLarge(limit: Int)
    /// It is not the gzip stream that its headers say it is.
    case damaged
    /// It ended early, or its framing is wrong.
    case broken
}

extension Request {
    /// The whole body, decompressed. Refused while it streams in, as soon as it is larger than allowed.
    ///
    /// - Parameter limit: the most bytes, both as sent and decompressed.
    public func content(limit: Int) async throws(RequestBodyError) -> ByteBuffer {
        let sent = try await collect(limit: limit)
        guard headers[.contentEncoding]?.lowercased() == "gzip" else { return sent }
        do throws(Gzip.Failure) {
            return ByteBuffer(bytes: try Gzip.decompress(Array(buffer: sent), limit: limit))
        } catch {
            switch error {
            case .tooLarge: throw .tooLarge(limit: limit)
            case .damaged: throw .damaged
            }
        }
    }

    /// The body's parts as one: in the memory of the only part, or in memory of the length that was announced.
    private func collect(limit: Int) async throws(RequestBodyError) -> ByteBuffer {
        let announced = headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= limit else { throw .tooLarge(limit: limit) }
        do {
            var whole = ByteBuffer()
            for try await var part in body {
                guard whole.readableBytes + part.readableBytes <= limit else {
                    throw RequestBodyError.tooLarge(limit: limit)
                }
                if whole.readableBytes == 0 {
                    whole = part
                    if announced > part.readableBytes { whole.reserveCapacity(announced) }
                } else {
                    // Chunks: memory that is doubled again and again is in pieces in the end, while a page that was never
                    // written to takes nothing.
                    if whole.writableBytes < part.readableBytes { whole.reserveCapacity(limit) }
                    whole.writeBuffer(&part)
                }
            }
            return whole
        } catch let error as RequestBodyError {
            throw error
        } catch {
            throw .broken
        }
    }
}
