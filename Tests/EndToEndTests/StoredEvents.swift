import DuckDB
import Foundation
import Testing

/// What a project's `events.duckdb` holds, read by the view and the tables in it when its server has ended.
struct StoredEvents {
    private let connection: Connection

    /// - Parameter project: the project's number.
    init(in folder: TestFolder, project: Int) throws {
        let file = folder.data.appending(path: "projects/\(project)/events.duckdb")
        connection = try Connection(Database(.file(file.path), options: ["access_mode": "READ_ONLY"]))
    }

    /// All events as a JSON array, in the order of their senders' clocks: who (people numbered as they came, after merges),
    /// what and when it was, the person at that time, and all that was sent beside it.
    ///
    /// The sender's address is left out: it is this machine's.
    func json() throws -> String {
        let rows = try connection.strings(
            """
            WITH people AS (
                SELECT e."user" AS stored, coalesce(m.into_user, e."user") AS person
                FROM (SELECT DISTINCT "user" FROM events) e LEFT JOIN merges m ON m.from_user = e."user"
            )
            SELECT json_object(
                'event_type', l.event_type, 'user_id', l.user_id, 'device_id', l.device_id,
                'person', (SELECT count(DISTINCT q.person) FROM people q WHERE q.person <= p.person AND q.person > 0),
                'client_time', e.client_time, 'session_id', l.session_id, 'event_id', e.event_id,
                'insert_id', l.insert_id, 'event_properties', l.event_properties, 'user_properties', l.user_properties,
                'context', json_merge_patch('{}', json_object(
                    'platform', l.platform, 'os_name', l.os_name, 'os_version', l.os_version,
                    'device_brand', l.device_brand, 'device_manufacturer', l.device_manufacturer,
                    'device_model', l.device_model, 'carrier', l.carrier, 'country', l.country,
                    'language', l.language, 'version', l.version, 'start_version', l.start_version,
                    'paying', l.paying, 'library', l.library
                )),
                'revenue', l.revenue,
                'others', json_merge_patch(coalesce(e.extras, '{}')::JSON, '{"ip":null,"user_agent":null}'::JSON)
            )::VARCHAR
            FROM event_log l
            JOIN events e ON make_timestamp_ms(e.time) = l.time AND e."user" = l.amplitude_id
                AND coalesce(e.insert_id, e.insert_uuid::VARCHAR) IS NOT DISTINCT FROM l.insert_id
                AND e.session_id = l.session_id
            JOIN people p ON p.stored = e."user"
            ORDER BY e.client_time, e.event_id
            """
        )
        return "[\(rows.joined(separator: ","))]"
    }

    /// Events whose time is not the sender's, corrected by what the sender's clock was off when it sent them.
    func wronglyTimed() throws -> [String] {
        try connection.strings(
            """
            SELECT coalesce(insert_id, insert_uuid::VARCHAR) FROM events
            WHERE time <> client_time + CASE
                WHEN abs(received_time - upload_time) > 60000 THEN received_time - upload_time ELSE 0
            END
            """
        )
    }

    func insertIDs() throws -> [String] { try connection.strings("SELECT insert_id FROM event_log") }

    func count() throws -> Int {
        let count: Int64? = try connection.scalar("SELECT count(*) FROM event_log")
        return Int(count ?? 0)
    }
}

extension Connection {
    /// The first column of what a query answers.
    func strings(_ sql: String) throws -> [String] {
        var strings: [String] = []
        try query(sql) { chunk throws(DatabaseError) in
            for row in 0..<chunk.count { strings.append(chunk.string(0, row) ?? "") }
            return true
        }
        return strings
    }
}
