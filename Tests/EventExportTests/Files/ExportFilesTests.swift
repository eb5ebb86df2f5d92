import DuckDB
import EventModel
import ExportFiles
import Foundation
import Storage
import TestSupport
import Testing

@testable import EventExport

/// Files of rows, read by other programs.
@Suite struct ExportFilesTests {
    /// 2026-06-16T09:41:27.005Z
    private static let moment = Timestamp(milliseconds: 1_781_602_887_005)
    private static let texts = [
        "plain", "a,b", "say \"it\"", "two\nlines", "\r", "", " ", "Zürich 🎉", "null", "=1+1", "\u{1}\u{7F}",
    ]

    private static func lines(_ count: Int) -> [UInt8] {
        var json = JSONWriter()
        for row in 0..<count {
            let text = texts[row % texts.count]
            var event = StoredEvent(
                user: row == 3 ? .nobody : UserKey(Int32(row + 1)),
                device: .none,
                carriesUserID: true,
                type: EventTypeID(1),
                time: Timestamp(milliseconds: row == 1 ? -1 : row == 2 ? .min : moment.milliseconds + Int64(row)),
                clientTime: row == 2 ? Timestamp(milliseconds: .max) : moment,
                uploadTime: moment,
                context: ContextID(0),
                userProperties: .empty
            )
            var properties = JSONWriter()
            properties.object([PropertyMember(key: "text", value: .string(text))])
            event.eventProperties = properties.text
            event.sessionID = row == 4 ? .max : -1
            event.extras =
                row.isMultiple(of: 2) ? "{\"location_lat\":1.5,\"location_lng\":-3,\"groups\":{\"a\":[1]}}" : nil
            var context = EventContext()
            context[.city] = row == 0 ? nil : text
            context[.paying] = row == 5 ? "true" : nil
            let resolved = ResolvedEvent(
                row: row,
                event: event,
                receivedAt: moment,
                type: text,
                amplitudeID: event.user == .nobody ? nil : AmplitudeID(event.user),
                userID: text.isEmpty ? nil : text,
                deviceID: nil,
                context: context,
                userProperties: "{\"n\":1e+300,\"list\":[1,2.5,null]}"
            )
            ExportRow(resolved, project: 7).write(to: &json, as: .export)
            json.raw("\n")
        }
        return json.bytes
    }

    @Test("the columns are the keys of a row")
    func columns() {
        let row = String(decoding: Self.lines(1), as: UTF8.self)
        let keys = row.matches(of: /[{,]"([a-z_$]+)":/).map { String($0.1) }.filter {
            !["n", "list", "text", "a", "path", "group_first_event", "group_ids"].contains($0)
        }
        // Without those of objects that are inside.
        #expect(ExportColumn.all.map(\.name) == keys)
        #expect(ExportColumn.all.count == 55)
    }

    @Test("CSV, read by Python: each text is what it was, no value is empty, and objects are JSON")
    func csv() throws {
        let folder = try TemporaryFolder().made()
        let lines = Self.lines(22)
        try Data(lines).write(to: folder.url.appending(path: "rows.jsonl"))
        try Data(CSVRows.header + CSVRows.rows(lines)).write(to: folder.url.appending(path: "rows.csv"))
        let script = """
            import csv, json, sys
            rows = [json.loads(line) for line in open(sys.argv[1] + "/rows.jsonl", encoding="utf-8", newline="\\n")]
            with open(sys.argv[1] + "/rows.csv", encoding="utf-8", newline="") as file:
                read = list(csv.DictReader(file, strict=True))
            def same(cell, value):
                if value is None: return cell == ""
                return cell == value if isinstance(value, str) else json.loads(cell) == value
            assert len(rows) == len(read) == 22
            assert all(list(a) == list(b) and all(same(a[k], b[k]) for k in b) for a, b in zip(read, rows))
            text = open(sys.argv[1] + "/rows.csv", "rb").read()
            assert text.endswith(b"\\r\\n") and b',"",' in text
            print("same")
            """
        #expect(try Python.run(script, folder.url.path) == "same\n")
    }

    @Test("Parquet: each column has its type, and parts are joined in their order")
    func parquet() throws {
        let folder = try TemporaryFolder().made()
        let rows = try ParquetRows(spillingTo: folder.url.appending(path: "spill"))
        let lines = Self.lines(22)
        let parts = ["0", "1", "2"].map { folder.url.appending(path: "it's \($0).parquet") }
        let whole = folder.url.appending(path: "whole.parquet")
        try rows.add(lines)
        try rows.add(lines)
        #expect(rows.byteCount == 2 * lines.count)
        try rows.write(to: parts[0])
        #expect(rows.byteCount == 0)
        try rows.add(lines)
        try rows.write(to: parts[1])
        try rows.write(to: parts[2])
        try rows.join(parts, to: whole)

        let connection = try Connection(Database(.memory))
        func read(_ sql: String) throws -> [String] {
            var found: [String] = []
            try connection.query("SELECT (\(sql))::VARCHAR FROM read_parquet('\(whole.path)')") {
                chunk throws(DatabaseError) in
                for row in 0..<chunk.count { found.append(chunk.string(0, row) ?? "NULL") }
                return true
            }
            return found
        }
        let once = (0..<22).map { Self.texts[$0 % Self.texts.count] }
        #expect(try read("event_type") == once + once + once)
        #expect(try read("json_extract_string(event_properties, '$.text')") == once + once + once)
        #expect(try read("city").prefix(3) == ["NULL", "a,b", "say \"it\""])
        #expect(
            try read("event_time").prefix(4) == [
                "2026-06-16 09:41:27.005", "1969-12-31 23:59:59.999", "0001-01-01 00:00:00", "2026-06-16 09:41:27.008",
            ]
        )
        #expect(try read("client_event_time")[2] == "9999-12-31 23:59:59.999")
        #expect(try read("amplitude_id").prefix(5) == ["1", "2", "3", "NULL", "5"])
        #expect(try read("session_id").prefix(5) == ["-1", "-1", "-1", "-1", "\(Int64.max)"])
        #expect(try read("location_lat").prefix(2) == ["1.5", "NULL"] && read("location_lng")[0] == "-3.0")
        #expect(try read("paying").prefix(6) == ["NULL", "NULL", "NULL", "NULL", "NULL", "true"])
        #expect(try read("groups").prefix(2) == ["{\"a\":[1]}", "{}"])
        #expect(try read("typeof(event_time)")[0] == "TIMESTAMP" && read("typeof(app)")[0] == "BIGINT")
    }
}
