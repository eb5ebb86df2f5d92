public import HTTPConnections
import Hummingbird

extension API {
    /// What a connection answers by itself, in the words of whoever was asked.
    ///
    /// - Parameter path: as it was sent; `nil` where it could not be read.
    public func answer(to refusal: ConnectionRefusal, at path: String?) -> RefusalAnswer {
        let family = endpoints.family(answeringAt: path)
        let failure = refusal.failure
        var headers = Reply(failure, family.envelope).headers
        if family.allowsAnyOrigin { headers[.accessControlAllowOrigin] = "*" }
        headers[.xRequestID] = "\(RequestID())"
        return RefusalAnswer(
            status: failure.status,
            headers: headers.map { ($0.name.rawName, $0.value) },
            body: family.envelope.body(failure)
        )
    }
}

extension ConnectionRefusal: FailureCause {
    public var failure: Failure {
        switch self {
        case .requestLine, .notPlain, .version, .header, .length, .transferCoding, .chunk, .cut:
            Failure(.malformed, code, sentence)
        case .addressTooLong: Failure(.addressTooLong, code, sentence)
        case .headTooLarge: Failure(.headTooLarge, code, sentence)
        case .slowHead, .slowBody: Failure(.timedOut, code, sentence)
        case .tooManyBytes, .tooManyConnections, .stopping:
            Failure(.unavailable, code, sentence, retryAfter: .seconds(5))
        }
    }
}
