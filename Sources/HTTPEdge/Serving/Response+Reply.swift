import Compression
import Hummingbird

extension Response {
    /// - Parameter request: says what the client accepts, and whether it wants the head alone.
    init(_ reply: Reply, to request: Request, of family: Family) {
        var headers = reply.headers
        // Else a browser would ask for keys, over a page that asks for a password.
        if reply.status == .unauthorized, request.headers[.fetchMode] != nil {
            headers[.wwwAuthenticate] = "Bearer realm=\"Antinode\""
        }
        if family.allowsAnyOrigin { headers[.accessControlAllowOrigin] = "*" }
        let body: ResponseBody
        switch reply.body {
        case .stream(let stream): body = stream
        case .bytes(var bytes):
            if bytes.readableBytes > Self.leastCompressed {
                headers[.vary] = "Accept-Encoding"
                if AcceptedCodings(request.headers[.acceptEncoding]).prefersGzip {
                    headers[.contentEncoding] = "gzip"
                    bytes = ByteBuffer(bytes: Gzip.compress(Array(buffer: bytes)))
                }
            }
            body = ResponseBody(byteBuffer: bytes)
        }
        self.init(status: reply.status, headers: headers, body: body)
        // The length stays that of the body that GET would have.
        if request.method == .head { self = createHeadResponse() }
    }

    /// Bytes up to which gzip is not worth its while. Source: Documentation/http.md H12.
    private static var leastCompressed: Int { 1024 }
}

extension Reply {
    /// A refusal in a family's words.
    init(_ failure: Failure, _ envelope: Envelope) {
        self.init(
            status: failure.kind.status,
            contentType: envelope.contentType,
            body: .bytes(ByteBuffer(string: envelope.body(failure)))
        )
        if let wait = failure.retryAfter { headers[.retryAfter] = "\(wait.wholeSeconds)" }
        if case .allowed(let methods) = failure.details {
            headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
        }
        if failure.kind == .unauthorized {
            let scheme = failure.code == Failure.unauthorized.code ? "Basic" : "Bearer"
            headers[.wwwAuthenticate] = "\(scheme) realm=\"Antinode\""
        }
    }
}

extension Reply.Body {
    /// Keeps something until the last byte is written: what comes to be meanwhile is read from the project's files.
    mutating func hold(_ thing: any Sendable) {
        guard case .stream(let stream) = self else { return }
        self = .stream(
            ResponseBody(contentLength: stream.contentLength) { writer in
                try await stream.write(writer)
                withExtendedLifetime(thing) {}
            }
        )
    }
}

extension Duration {
    /// Rounded up.
    fileprivate var wholeSeconds: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }
}
