import Hummingbird
import Ingestion
import QueryExecution
import QueryModel
import Storage
import Testing

@testable import HTTPEdge

@Suite struct FailureTests {
    @Test("each kind has its status, and no two the same but those of fields")
    func statuses() {
        let statuses = Failure.Kind.allCases.map(\.status.code)
        #expect(statuses == [400, 401, 403, 404, 421, 405, 409, 413, 415, 408, 414, 431, 422, 429, 500, 501, 503])
    }

    @Test(
        "errors of the house",
        arguments: [
            (QueryError.unknownEventType("Pla", nearest: ["Play"]), 400, "event_type_unknown"),
            (QueryError.unknownCustomEvent("a", nearest: []), 400, "custom_event_unknown"),
            (QueryError.unknownProperty("a", nearest: []), 400, "property_unknown"),
            (QueryError.noSuchCell(.step, valid: 0..<3), 400, "parameter_outOfRange"),
            (QueryError.notMadeOfUsers(.formula), 400, "parameter_unsupported"),
            (QueryError.unknownCohort("c"), 400, "cohort_unknown"),
            (QueryError.tooLarge(.distinctValues), 400, "query_too_large"),
            (QueryError.unavailable(detail: "disk"), 503, "store_unavailable"),
            (QueryError.cancelled, 503, "query_cancelled"), (CancellationError(), 503, "query_cancelled"),
            (QueryParameterError(.missing, "e", "e is required"), 400, "parameter_missing"),
            (
                QueryLimitExceeded(limit: .costAtOnce, cost: 7, used: 0, most: 5, retryAfter: nil), 429,
                "query_limit"
            ),
            (QueryError.eventProperty("a", named: .segment), 400, "property_of_events"),
            (QueryError.userProperty("a"), 400, "property_of_users"),
            (RequestRefusal.invalidJSON, 400, "events_refused"),
            (RequestRefusal.tooManyEvents, 413, "payload_too_large"),
            (IngestionError.busy, 503, "too_much_waits"), (IngestionError.diskFull, 503, "disk_full"),
            (IngestionError.unavailable, 503, "record_unavailable"),
            (ProjectRecordError(.damaged, "disk"), 503, "record_unavailable"),
            (RequestBodyError.tooLarge(limit: 5), 413, "payload_too_large"),
            (RequestBodyError.damaged, 400, "body_damaged"),
            (RequestBodyError.broken, 400, "body_broken"), (Failure.unauthorized, 401, "keys_wrong"),
            (Surprise(), 500, "internal"),
        ] as [(any Error, Int, String)]
    )
    func causes(_ error: any Error, _ status: Int, _ code: String) {
        let failure = Failure(error)
        #expect(failure.status == status)
        #expect(failure.code == code)
        // Whoever cannot be served now is told when to come back, unless it was their own will.
        #expect((failure.retryAfter != nil) == (status == 503 && code != "query_cancelled"))
        // What went wrong inside is for the log.
        #expect(!failure.sentence.contains("disk") || code == "disk_full")
    }

    @Test("what a parameter's error says of the parameter stays")
    func field() {
        let failure = QueryParameterError(.malformed, "i", "i must be 5").failure
        #expect(failure.field == "i" && failure.sentence == "i must be 5")
        #expect(
            Failure(QueryError.unknownEventType("Pla", nearest: ["Play", "Plan"])).sentence.hasSuffix(
                "Did you mean \"Play\", \"Plan\"?"
            )
        )
    }
}
