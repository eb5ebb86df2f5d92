import EventModel
import HTTPEdge
import Storage

// How long a project keeps its events. Amplitude has no such path, so it is ours; the command `antinode project keep` asks it.
// Source: Documentation/data.md D18 to D21.
//
//     GET /api/v1/keeping            {"data":{"days":400,"cut":"2025-10-27T00:00:00.000Z","held":null}}
//     GET /api/v1/keeping?days=30    the same, and "leaving":{"cut":…,"events":1200,"first":…}
//     PUT /api/v1/keeping?days=30&confirmed=…    what is set, as GET says it

extension Endpoint {
    static let keeping = Endpoint(
        .get,
        at: "/api/v1/keeping",
        "How many days of events are kept, since when they are there, and what waits to leave; with days also what would"
            + " leave if so many were kept.",
        parameters: [.keptDays],
        access: .admin
    ) { call in
        let compacting = try call.compacting
        let days = try call.parameters.nonEmpty("days").map { _ in try call.parameters.keptDays } ?? nil
        let departures = if let days { try await compacting.departures(keeping: days) } else { nil as Departures? }
        return .keeping(try await compacting.keeping(), compacting.status.held, departures)
    }

    static let keep = Endpoint(
        .put,
        at: "/api/v1/keeping",
        "Sets how many days of events are kept. What is older leaves, in the background, but for each person's first event.",
        parameters: [
            Parameter.keptDays.required,
            Parameter(
                "confirmed",
                .moment,
                "The cut of a GET with the same days: what leaves up to it is meant. Without it what is much waits.",
                example: "2026-11-01T00:00:00Z"
            ),
        ],
        access: .admin
    ) { call in
        let compacting = try call.compacting
        var confirmed: Timestamp?
        if let text = call.parameters.nonEmpty("confirmed") {
            guard let moment = Timestamp(iso8601: text) else {
                throw QueryParameterError.malformed(
                    "confirmed",
                    "confirmed must be a moment in ISO 8601, such as confirmed=2026-11-01T00:00:00Z"
                )
            }
            confirmed = moment
        }
        try await compacting.keep(call.parameters.keptDays, confirming: confirmed)
        return .keeping(try await compacting.keeping(), compacting.status.held, nil)
    }
}

extension Parameter {
    fileprivate static let keptDays = Parameter(
        "days",
        .text,
        "Whole days beside the present one, \(KeptDays.valid.lowerBound) to \(KeptDays.valid.upperBound), or forever.",
        example: "400"
    )
}

extension SentParameters {
    /// `nil` for ever.
    fileprivate var keptDays: KeptDays? {
        get throws(QueryParameterError) {
            let valid = KeptDays.valid
            let text = try required("days", "a number of days, or forever, such as days=400")
            if text == "forever" { return nil }
            guard let days = Int(text).flatMap({ KeptDays($0) }) else {
                throw .malformed(
                    "days",
                    "days must be a whole number from \(valid.lowerBound) to \(valid.upperBound), or forever, such as days=400"
                )
            }
            return days
        }
    }
}

extension Reply {
    fileprivate static func keeping(_ keeping: Keeping, _ held: HeldDeparture?, _ leaving: Departures?) -> Reply {
        var json = JSONWriter()
        json.raw("{\"data\":{\"days\":")
        if let days = keeping.days { json.integer(days.count) } else { json.raw("null") }
        json.raw(",\"cut\":")
        json.string(keeping.cut?.iso8601)
        json.raw(",\"held\":")
        json.held(held)
        if let leaving {
            json.raw(",\"leaving\":{\"cut\":")
            json.string(leaving.cut.iso8601)
            json.raw(",\"events\":")
            json.integer(leaving.departing.events)
            json.raw(",\"first\":")
            json.string(leaving.departing.first?.iso8601)
            json.raw("}")
        }
        json.raw("}}")
        return .json(json)
    }
}

extension JSONWriter {
    mutating func held(_ held: HeldDeparture?) {
        guard let held else { return raw("null") }
        raw("{\"reason\":")
        string(held.reason.rawValue)
        raw(",\"cut\":")
        string(held.cut.iso8601)
        raw(",\"departing\":")
        integer(held.departing)
        raw(",\"events\":")
        integer(held.events)
        raw("}")
    }
}
