import Hummingbird

/// A form as it came: its fields, and what it takes to send it again.
public struct SentForm: Sendable {
    public var fields: FormFields
    /// With the query string, if there is a body beside it.
    public var path: String
    public var contentType: String?
    /// The body, decompressed; of a form without one, the query string, which says the same as a body.
    public var body: [UInt8]
}

extension Call {
    /// The fields of the query string and, behind them, of a form in the body.
    func sentForm(limit: Int) async throws(RequestBodyError) -> SentForm {
        sentForm(try await content(limit: limit))
    }

    func sentForm(_ content: ByteBuffer) -> SentForm {
        let uri = request.uri
        let query = uri.query ?? ""
        if content.readableBytes == 0 {
            return SentForm(
                fields: FormFields(urlEncoded: query),
                path: uri.path,
                contentType: "application/x-www-form-urlencoded",
                body: Array(query.utf8)
            )
        }
        let contentType = request.headers[.contentType]
        let form =
            contentType?.lowercased().hasPrefix("multipart/form-data") == true
            ? FormFields(multipart: Array(buffer: content), contentType: contentType ?? "")
            : FormFields(urlEncoded: String(buffer: content))
        return SentForm(
            fields: FormFields(FormFields(urlEncoded: query).fields + form.fields),
            path: query.isEmpty ? uri.path : "\(uri.path)?\(query)",
            contentType: contentType,
            body: Array(buffer: content)
        )
    }
}
