import EventModel

/// The tables of `events.duckdb`: append-only, in arrival order, without keys or indexes, so that nothing but the end
/// of a table is ever written. Names are small integers; the view `event_log` resolves them for people.
enum EventSchema {
    /// Raised with every change of these tables. A file of another version is made anew, from the journal.
    static let version: Int32 = 6

    static let statements = """
        CREATE TABLE IF NOT EXISTS format AS SELECT \(version)::INTEGER AS version;
        -- One row for each journal batch, written in the transaction of its events: how far the store has come.
        CREATE TABLE IF NOT EXISTS batches (
            sequence BIGINT NOT NULL, rows_after BIGINT NOT NULL, arrivals_after BIGINT NOT NULL
        );
        -- How columns are compressed is said for those that most of them are: trying all methods on each group of rows
        -- costs more than the best of them gains.
        CREATE TABLE IF NOT EXISTS events (
            "user" INTEGER NOT NULL USING COMPRESSION bitpacking,
            time BIGINT NOT NULL USING COMPRESSION bitpacking,
            type INTEGER NOT NULL USING COMPRESSION bitpacking,
            context INTEGER NOT NULL USING COMPRESSION bitpacking,
            user_properties INTEGER NOT NULL USING COMPRESSION bitpacking,
            device INTEGER NOT NULL USING COMPRESSION bitpacking,
            named_user INTEGER NOT NULL USING COMPRESSION bitpacking,
            session_id BIGINT NOT NULL USING COMPRESSION bitpacking,
            client_time BIGINT NOT NULL USING COMPRESSION bitpacking,
            upload_time BIGINT NOT NULL,
            received_time BIGINT NOT NULL,
            event_id BIGINT,
            -- A UUID in lower case, as nearly all are, or else any other text.
            insert_uuid UUID USING COMPRESSION uncompressed,
            insert_id VARCHAR,
            -- NULL if it is long: see `long`.
            event_properties VARCHAR USING COMPRESSION zstd,
            revenue DOUBLE,
            extras VARCHAR,
            -- Which texts of the event are in long_texts, as bits: 1 event_properties, 2 extras.
            long UTINYINT NOT NULL USING COMPRESSION bitpacking,
            -- The endpoint through which it came, by its number; 0 is not known. 8 more if it changed its person.
            door UTINYINT NOT NULL USING COMPRESSION bitpacking,
            -- In the order of arrival, counted from 0 over all that ever came: it stays when others leave and the file is
            -- made anew, where rowid does not.
            number BIGINT NOT NULL USING COMPRESSION bitpacking
        );
        -- Texts of more than 8 KB in parts of as many: of events by their rows (kind 1 event_properties, 2 extras), and of
        -- property sets by their numbers (kind 3), ascending. Large sets of one person are much alike.
        CREATE TABLE IF NOT EXISTS long_texts (
            kind UTINYINT NOT NULL, id BIGINT NOT NULL, part INTEGER NOT NULL,
            text VARCHAR NOT NULL USING COMPRESSION zstd
        );
        CREATE TABLE IF NOT EXISTS event_types (id INTEGER NOT NULL, name VARCHAR NOT NULL);
        CREATE TABLE IF NOT EXISTS contexts (id INTEGER NOT NULL, \(contextColumns));
        -- NULL if it is long.
        CREATE TABLE IF NOT EXISTS property_sets (
            id INTEGER NOT NULL, properties VARCHAR USING COMPRESSION zstd, is_long BOOLEAN NOT NULL
        );
        CREATE TABLE IF NOT EXISTS devices (id INTEGER NOT NULL, device_id VARCHAR NOT NULL);
        -- Facts: the one of the highest sequence holds.
        CREATE TABLE IF NOT EXISTS users (
            key INTEGER NOT NULL, user_id VARCHAR, sequence BIGINT NOT NULL, amplitude_id BIGINT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS merges (
            from_user INTEGER NOT NULL, into_user INTEGER NOT NULL, time BIGINT NOT NULL, cause VARCHAR NOT NULL
        );
        CREATE TABLE IF NOT EXISTS property_names (kind VARCHAR NOT NULL, name VARCHAR NOT NULL);
        CREATE OR REPLACE VIEW event_log AS
        SELECT make_timestamp_ms(e.time) AS time, t.name AS event_type, u.user_id, d.device_id, a.amplitude_id,
               e.session_id, coalesce(e.event_properties, le.text)::JSON AS event_properties,
               coalesce(p.properties, lp.text)::JSON AS user_properties,
               c.* EXCLUDE (id), e.revenue, coalesce(e.insert_id, e.insert_uuid::VARCHAR) AS insert_id
        FROM events e
        JOIN event_types t ON t.id = e.type
        JOIN contexts c ON c.id = e.context
        LEFT JOIN property_sets p ON p.id = e.user_properties
        LEFT JOIN (\(longTexts(.eventProperties))) le ON le.id = e.rowid
        LEFT JOIN (\(longTexts(.userProperties))) lp ON lp.id = e.user_properties
        LEFT JOIN devices d ON d.id = e.device
        LEFT JOIN (SELECT key, arg_max(user_id, sequence) AS user_id FROM users GROUP BY key) u ON u.key = e.named_user
        LEFT JOIN (SELECT key, any_value(amplitude_id) AS amplitude_id FROM users GROUP BY key) a ON a.key = e."user";
        """

    private static func longTexts(_ kind: LongText.Kind) -> String {
        "SELECT id, string_agg(text, '' ORDER BY part) AS text FROM long_texts WHERE kind = \(kind.rawValue) GROUP BY id"
    }

    private static let contextColumns = ContextField.allCases.map { "\($0.name) VARCHAR" }.joined(separator: ", ")
}
