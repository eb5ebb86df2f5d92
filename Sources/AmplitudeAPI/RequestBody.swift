import Compression
import Hummingbird
import Ingestion

extension Request {
    /// The whole body, decompressed. Refused while it streams in, as soon as it is larger than allowed.
    ///
    /// - Parameter limit: the most bytes, both as sent and decompressed.
    func content(limit: Int) async throws(APIError) -> [UInt8] {
        let sent: [UInt8]
        do {
            sent = Array(buffer: try await body.collect(upTo: limit))
        } catch {
            throw .payloadTooLarge
        }
        guard headers[.contentEncoding]?.lowercased() == "gzip" else { return sent }
        do throws(Gzip.Failure) {
            return try Gzip.decompress(sent, limit: limit)
        } catch {
            switch error {
            case .tooLarge: throw .payloadTooLarge
            case .damaged: throw APIError(.invalidJSON)
            }
        }
    }
}
