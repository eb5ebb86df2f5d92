import Compression
import Hummingbird
import Ingestion

extension Request {
    /// The whole body, decompressed. Refused while it streams in, as soon as it is larger than allowed.
    ///
    /// - Parameter limit: the most bytes, both as sent and decompressed.
    func content(limit: Int) async throws(APIError) -> ByteBuffer {
        let sent = try await collect(limit: limit)
        guard headers[.contentEncoding]?.lowercased() == "gzip" else { return sent }
        do throws(Gzip.Failure) {
            return ByteBuffer(bytes: try Gzip.decompress(Array(buffer: sent), limit: limit))
        } catch {
            switch error {
            case .tooLarge: throw .payloadTooLarge
            case .damaged: throw APIError(.invalidJSON)
            }
        }
    }

    /// The body's parts as one: in the memory of the only part, or in memory of the length that was announced.
    private func collect(limit: Int) async throws(APIError) -> ByteBuffer {
        let announced = headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= limit else { throw .payloadTooLarge }
        do {
            var whole = ByteBuffer()
            for try await var part in body {
                guard whole.readableBytes + part.readableBytes <= limit else { throw APIError.payloadTooLarge }
                if whole.readableBytes == 0 {
                    whole = part
                    if announced > part.readableBytes { whole.reserveCapacity(announced) }
                } else {
                    whole.writeBuffer(&part)
                }
            }
            return whole
        } catch {
            throw .payloadTooLarge
        }
    }
}
