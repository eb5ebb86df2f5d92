import EventModel
import HTTPConnections
import Ingestion
import QueryExecution
public import QueryModel
import Storage

/// An error that says itself what the sender of the request is told.
public protocol FailureCause: Error {
    var failure: Failure { get }
}

extension Failure {
    /// What the sender of a request is told of an error that came up while it was answered: the one place where the
    /// errors of the house become answers. What went wrong inside is for the log; the sender gets a sentence.
    public init(_ error: any Error) {
        self =
            switch error {
            case let error as Failure: error
            case let error as any FailureCause: error.failure
            case let error as QueryError: Failure(error)
            case let error as RequestRefusal: Failure(error)
            case let error as IngestionError: Failure(error)
            case is ProjectRecordError: .recordUnavailable
            case is EventStoreError: .storeUnavailable
            case is CancellationError: .cancelled
            default: .unexpected
            }
    }

    private static let recordUnavailable = Failure(
        .unavailable,
        "record_unavailable",
        "The project's settings cannot be read or written at the moment. Try again.",
        retryAfter: .seconds(10)
    )

    private static let storeUnavailable = Failure(
        .unavailable,
        "store_unavailable",
        "The event store did not answer; the server's log says why. Try again.",
        retryAfter: .seconds(10)
    )

    private static let cancelled = Failure(.unavailable, "query_cancelled", "The query was cancelled.")
}

// MARK: Of questions

extension Failure {
    private init(_ error: QueryError) {
        switch error {
        case .unknownEventType(let name, let nearest):
            self.init(
                .malformed,
                "event_type_unknown",
                "No event of type \"\(name)\" was ever received.\(Self.suggestion(nearest))"
            )
        case .unknownCustomEvent(let name, let nearest):
            self.init(
                .malformed,
                "custom_event_unknown",
                "There is no custom event \"\(name)\".\(Self.suggestion(nearest.map { "ce:\($0)" }))"
                    + " GET /api/v1/custom-events lists those that there are."
            )
        case .unknownProperty(let name, let nearest):
            self.init(
                .malformed,
                "property_unknown",
                "No event or user ever had the property \"\(name)\".\(Self.suggestion(nearest))"
            )
        case .eventProperty(let name, let place):
            self.init(.malformed, "property_of_events", "\"\(name)\" is an event property\(place.advice)")
        case .userProperty(let name):
            self.init(
                .malformed,
                "property_of_users",
                "\"\(name)\" is a user property: send \"subprop_type\":\"user\", or \"type\":\"user\" in \"group_by\"."
            )
        case .noSuchCell(let part, let valid): self = part.missing("drill", valid).failure
        case .notMadeOfUsers(let reason):
            self = QueryParameterError(.unsupported, "drill", reason.sentence).failure
        case .unknownCohort(let id):
            self.init(.malformed, "cohort_unknown", "There is no cohort with the id \"\(id)\".")
        case .tooLarge(let what): self.init(.malformed, "query_too_large", what.sentence)
        case .unavailable: self = .storeUnavailable
        case .cancelled: self = .cancelled
        }
    }

    private static func suggestion(_ nearest: [String]) -> String {
        if nearest.isEmpty { return "" }
        return " Did you mean \(nearest.map { "\"\($0)\"" }.joined(separator: ", "))?"
    }
}

extension QueryParameterError: FailureCause {
    public var failure: Failure {
        Failure(.malformed, "parameter_\(code.rawValue)", message, field: parameter)
    }
}

extension QuestionDocumentError: FailureCause {
    /// Source: Documentation/asking.md Q2.
    public var failure: Failure {
        let kind: Failure.Kind =
            switch code {
            case .missing, .unknown, .malformed: .malformed
            case .outOfRange: .unprocessable
            case .toCome: .notBuilt
            }
        return Failure(kind, "question_\(code.rawValue)", message, field: path.isEmpty ? nil : path)
    }
}

extension QueryLimitExceeded: FailureCause {
    public var failure: Failure {
        Failure(
            .tooManyRequests,
            "query_limit",
            sentence,
            // Without it waiting is no use: the query must ask for less.
            retryAfter: retryAfter,
            details: .queryLimit(self)
        )
    }
}

// MARK: Of the way in

extension Failure {
    private init(_ refusal: RequestRefusal) {
        self.init(
            refusal.isTooLarge ? .tooLarge : .malformed,
            refusal.isTooLarge ? "payload_too_large" : "events_refused",
            refusal.error,
            field: refusal.missingField,
            details: .refusal(refusal)
        )
    }

    private init(_ error: IngestionError) {
        switch error {
        case .busy:
            self.init(
                .unavailable,
                "too_much_waits",
                "Too many events are waiting to be stored",
                retryAfter: .seconds(1)
            )
        case .diskFull:
            self.init(.unavailable, "disk_full", "The server's disk is nearly full", retryAfter: .seconds(60))
        case .unavailable:
            self.init(
                .unavailable,
                "record_unavailable",
                "Events cannot be stored at the moment",
                retryAfter: .seconds(10)
            )
        case .refused(let refusal): self.init(refusal)
        case .throttled(let throttling):
            self.init(
                .tooManyRequests,
                "too_many_requests",
                "Too many requests for some devices and users",
                retryAfter: throttling.retryAfter,
                details: .throttling(throttling)
            )
        case .silenced(let silencing):
            self.init(
                .malformed,
                "devices_silenced",
                "Events silenced for device_id",
                details: .silencing(silencing)
            )
        }
    }
}

extension Throttling {
    /// When the same request can be taken: after the rate's window, or where only the quota is exceeded, when the
    /// next hour has begun at the latest.
    fileprivate var retryAfter: Duration {
        .seconds(devices.isEmpty && users.isEmpty ? 3_600 : limits.windowSeconds)
    }
}

extension RequestBodyError: FailureCause {
    public var failure: Failure {
        switch self {
        case .tooLarge(let limit):
            Failure(.tooLarge, "payload_too_large", "The body may have \(limit) bytes at most.")
        case .damaged:
            Failure(.malformed, "body_damaged", "The body is no whole gzip stream, as Content-Encoding says it is.")
        case .broken:
            Failure(.malformed, "body_broken", "The body did not come as its headers say.")
        case .unsupportedCoding(let name):
            Failure(
                .unsupportedCoding,
                "content_encoding_unsupported",
                "Content-Encoding must be gzip, or left out; \(name.shown()) is not read here.",
                field: "Content-Encoding"
            )
        case .noRoom: ConnectionRefusal.tooManyBytes.failure
        }
    }
}
