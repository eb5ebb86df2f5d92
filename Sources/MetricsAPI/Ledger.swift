import EventModel
import HTTPEdge
import Storage

extension Endpoint {
    /// Received = stored + duplicate + rejected, and stored = present + deleted + expired: in all; and the former for each
    /// minute in which something came in.
    static let ledger = Endpoint(
        .get,
        at: "/api/v1/ledger",
        "How many events were received, and what came of them.",
        parameters: [
            Parameter(
                "from",
                .moment,
                "From this minute on; an hour ago if left out.",
                example: "2024-01-31T00:00:00Z"
            ),
            Parameter(
                "to",
                .moment,
                "Up to this minute, which does not count; now if left out. A week after from at most.",
                example: "2024-01-31T12:00:00Z"
            ),
        ],
        access: .viewer
    ) { call in
        let project = try call.project
        let minutes = try LedgerMinute.range(call.parameters, now: project.now())
        let (inMinutes, total, departed) = try await project.withRecord { record in
            (try record.ledger(minutes), try record.ledgerTotals(), try record.departed())
        }
        var json = JSONWriter()
        json.raw("{\"data\":{\"total\":")
        json.counts(total, departed: departed)
        json.raw(",\"minutes\":")
        json.list(inMinutes) { $0.counts($1.value, minute: $1.key) }
        json.raw("}}")
        return .json(json)
    }
}

extension LedgerMinute {
    /// The longest stretch that is answered: a week of minutes.
    private static let mostMinutes: Int64 = 7 * 24 * 60

    fileprivate static func range(_ sent: SentParameters, now: Timestamp) throws(Failure) -> Range<LedgerMinute> {
        let next = LedgerMinute(LedgerMinute(of: now).number + 1)
        guard let to = minute(sent["to"], ifMissing: next),
            let from = minute(sent["from"], ifMissing: LedgerMinute(to.number - 60)), from <= to,
            to.number - from.number <= mostMinutes
        else {
            throw Failure(
                .malformed,
                v1: .invalidTimeRange,
                "from and to must be moments, no more than a week apart, such as from=2024-01-31T00:00:00Z"
            )
        }
        return from..<to
    }

    /// `nil` if there is a text and it is no moment.
    private static func minute(_ text: String?, ifMissing minute: LedgerMinute) -> LedgerMinute? {
        guard let text else { return minute }
        return Timestamp(iso8601: text).map { LedgerMinute(of: $0) }
    }
}

extension JSONWriter {
    fileprivate mutating func counts(
        _ counts: LedgerCounts,
        departed: DepartedCounts? = nil,
        minute: LedgerMinute? = nil
    ) {
        raw("{")
        if let minute {
            raw("\"minute\":")
            string(Timestamp(milliseconds: minute.number * 60_000).iso8601)
            raw(",")
        }
        raw("\"received\":")
        integer(counts.received)
        raw(",\"stored\":")
        integer(counts.stored)
        raw(",\"duplicate\":")
        integer(counts.duplicate)
        raw(",\"rejected\":")
        integer(counts.rejected)
        if let departed {
            raw(",\"present\":")
            integer(counts.stored - departed.all)
            raw(",\"deleted\":")
            integer(departed.deleted)
            raw(",\"expired\":")
            integer(departed.expired)
        }
        raw("}")
    }
}
