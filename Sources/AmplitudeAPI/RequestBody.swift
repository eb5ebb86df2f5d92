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

    /// The fields of the query string and, behind them, of a form in the body.
    func formFields(limit: Int) async throws(APIError) -> FormFields {
        let query = FormFields(urlEncoded: uri.query ?? "")
        let content = try await content(limit: limit)
        let contentType = headers[.contentType] ?? ""
        let form =
            contentType.lowercased().hasPrefix("multipart/form-data")
            ? FormFields(multipart: content, contentType: contentType)
            : FormFields(urlEncoded: String(decoding: content, as: UTF8.self))
        return FormFields(query.fields + form.fields)
    }
}
