import EventModel
public import Hummingbird
public import Ingestion

/// Why a request does not get what it asks for. The ``Envelope`` of a family says it in the family's words; ``kind`` alone
/// says the HTTP status.
public struct Failure: Error, Equatable, Sendable {
    public enum Kind: Hashable, Sendable, CaseIterable {
        /// The request cannot be understood, or asks for what there cannot be.
        case malformed
        /// Nobody's keys, or wrong ones.
        case unauthorized
        /// Whoever asks may not do this.
        case forbidden
        case notFound
        /// The server is not the one that the request names.
        case misdirected
        /// The path is known, but not with this method.
        case methodNotAllowed
        /// It is at odds with what is there.
        case conflict
        case tooLarge
        /// The body is written in a way that nobody here reads.
        case unsupportedCoding
        /// It did not come in time.
        case timedOut
        case addressTooLong
        case headTooLarge
        /// The body can be read, but one of its fields is out of bounds.
        case unprocessable
        case tooManyRequests
        /// A mistake of the server's own.
        case `internal`
        /// Documented, and to come.
        case notBuilt
        /// The server cannot do it now, and nothing of it has happened.
        case unavailable
    }

    /// What some families tell beside the sentence.
    public enum Details: Equatable, Sendable {
        case none
        /// Whoever asked sent no credentials.
        case nothingSent
        /// The methods that the path is known with.
        case allowed([HTTPRequest.Method])
        case refusal(RequestRefusal)
        case throttling(Throttling)
        case silencing(Silencing)
        case queryLimit(QueryLimitExceeded)
    }

    public var kind: Kind
    /// For programs. Stable: callers may rely on it.
    public var code: String
    /// For people: names the next step. It may get better.
    public var sentence: String
    /// The parameter, or the member of the body, that is at fault.
    public var field: String?
    /// How long to wait before asking again; `nil` if nobody knows, or waiting is no use.
    public var retryAfter: Duration?
    public var details: Details

    public init(
        _ kind: Kind,
        _ code: String,
        _ sentence: String,
        field: String? = nil,
        retryAfter: Duration? = nil,
        details: Details = .none
    ) {
        self.kind = kind
        self.code = code
        self.sentence = sentence
        self.field = field
        self.retryAfter = retryAfter
        self.details = details
    }
}

extension Failure {
    /// The HTTP status.
    public var status: Int { kind.status.code }
}

extension Failure.Kind {
    /// Every status of a refusal is here.
    var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .misdirected: .misdirectedRequest
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .tooLarge: .contentTooLarge
        case .unsupportedCoding: .unsupportedMediaType
        case .timedOut: .requestTimeout
        case .addressTooLong: .uriTooLong
        case .headTooLarge: .requestHeaderFieldsTooLarge
        case .unprocessable: .unprocessableContent
        case .tooManyRequests: .tooManyRequests
        case .internal: .internalServerError
        case .notBuilt: .notImplemented
        case .unavailable: .serviceUnavailable
        }
    }
}

// MARK: What every family refuses

extension Failure {
    public static let unauthorized = Failure(
        .unauthorized,
        "keys_wrong",
        "Wrong or missing keys: send HTTP Basic authorization, the API key as user name and the secret key as password."
    )

    static func forbidden(_ role: Role) -> Failure {
        Failure(.forbidden, "role_too_low", "This takes the role of \(role.name) in the project, or a higher one.")
    }

    static func unknownPath(_ path: String) -> Failure {
        Failure(.notFound, "path_unknown", "There is nothing at \(path).")
    }

    static func methodNotAllowed(_ method: HTTPRequest.Method, _ path: String, allowed: [HTTPRequest.Method]) -> Failure
    {
        let names = allowed.map(\.rawValue)
        return Failure(
            .methodNotAllowed,
            "method_unknown",
            "\(path) is not known with \(method.rawValue); it takes \(names.joined(separator: ", ")).",
            details: .allowed(allowed)
        )
    }

    /// - Parameter summary: of the endpoint.
    static func notBuilt(_ path: String, _ summary: String) -> Failure {
        Failure(.notBuilt, "not_built", "\(path) is not built yet: \(summary)")
    }

    /// What nobody foresaw. The log says what it was.
    static let unexpected = Failure(
        .internal,
        "internal",
        "Something went wrong in the server. Its log says what, beside the X-Request-Id of this answer."
    )
}
