import EventModel
import GRDB
public import Storage

extension ProjectDatabase {
    public func planFindings() throws(ProjectRecordError) -> PlanFindings {
        try read { db in
            let texts = ["kind", "owner", "name", "problem", "received"].map(RecordText.column)
            let columns = (texts + ["events", "first_at", "last_at"]).joined(separator: ", ")
            let rows = try Row.fetchAll(db, sql: "SELECT \(columns) FROM plan_findings")
            return PlanFindings(
                listed: rows.compactMap(PlanFinding.init).sorted { $0.key < $1.key },
                unlisted: try Int.fetchOne(db, sql: "SELECT events FROM unlisted_findings") ?? 0
            )
        }
    }

    public func forgetPlanFindings() throws(ProjectRecordError) {
        try write { db in
            try db.execute(sql: "DELETE FROM plan_findings; UPDATE unlisted_findings SET events = 0")
        }
    }
}

extension PlanFinding {
    fileprivate init?(_ row: Row) {
        guard let kind = PlannedProperty.Kind(rawValue: row.text(0)), let problem = Problem(rawValue: row.text(3)),
            let received = Received(rawValue: row.text(4))
        else { return nil }
        self.init(
            Key(kind, of: ExactText(row.text(1)), ExactText(row.text(2)), problem),
            count: row[5],
            first: Timestamp(milliseconds: row[6]),
            last: Timestamp(milliseconds: row[7]),
            received: received
        )
    }
}

extension PlanFindingCounts {
    /// Adds them to those that are there; to be run in the transaction that stores their events.
    func write(at time: Timestamp, to db: Database) throws {
        if isEmpty { return }
        let text = RecordText.argument
        let key = "kind = \(text) AND owner = \(text) AND name = \(text) AND problem = \(text)"
        let known = try db.cachedStatement(
            sql: """
                UPDATE plan_findings
                SET received = \(text), events = events + ?, first_at = min(first_at, ?), last_at = max(last_at, ?)
                WHERE \(key)
                """
        )
        let new = try db.cachedStatement(
            sql: """
                INSERT INTO plan_findings (received, events, first_at, last_at, kind, owner, name, problem)
                VALUES (\(text), ?, ?, ?, \(text), \(text), \(text), \(text))
                """
        )
        var room: Int?
        var unlisted = others
        // In an order that does not depend on chance, for where not all find a place.
        for (key, count) in byKey.sorted(by: { $0.key < $1.key }) {
            let arguments: StatementArguments = [
                RecordText(count.received.rawValue), count.events, time.milliseconds, time.milliseconds,
                RecordText(key.kind.rawValue), RecordText(key.owner.string), RecordText(key.name.string),
                RecordText(key.problem.rawValue),
            ]
            try known.execute(arguments: arguments)
            if db.changesCount > 0 { continue }
            let left =
                try room ?? PlanFindings.mostListed - (Int.fetchOne(db, sql: "SELECT count(*) FROM plan_findings") ?? 0)
            room = max(0, left - 1)
            if left > 0 { try new.execute(arguments: arguments) } else { unlisted += count.events }
        }
        guard unlisted > 0 else { return }
        try db.execute(sql: "UPDATE unlisted_findings SET events = events + ?", arguments: [unlisted])
    }
}
