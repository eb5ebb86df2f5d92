import EventModel
import Foundation
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import AmplitudeAPI

/// A column of a lookup table is as good as a property that was sent: one project has the tables, another one was sent what
/// stands in them with each event, and both answer every question alike.
@Suite("lookup tables beside what they stand for") struct LookupOracleTests {
    /// A table, by key; an empty text is an empty cell.
    private struct Table {
        var key: String
        var property: String
        var columns: [String]
        var rows: [(key: String, values: [String])]

        var csv: String {
            ([[key] + columns] + rows.map { [$0.key] + $0.values }).map { line in
                line.map { "\"\($0)\"" }.joined(separator: ",") + "\n"
            }.joined()
        }

        func value(_ key: String, _ column: Int) -> String? {
            guard let row = rows.first(where: { ExactText($0.key) == ExactText(key) }) else { return nil }
            return row.values[column].isEmpty ? nil : row.values[column]
        }
    }

    private static let skus = ["s1", "s2", "3", "4.5", "é", "e\u{301}", ""]
    private static let plans = ["free", "pro", "7"]
    private static let countries = ["Chad", "Mali", "Peru"]

    private static func table(
        _ key: String,
        _ property: String,
        _ columns: [String],
        _ keys: [String],
        _ random: inout SeededRandom
    ) -> Table {
        var rows: [(key: String, values: [String])] = []
        for key in keys + ["never"] where !random.once(in: 4) {
            rows.append((key, columns.map { _ in random.pick(["", "red", "blue", "1", "2.50", "-3", "(none)"]) }))
        }
        return Table(key: key, property: property, columns: columns, rows: rows)
    }

    /// - Parameter tables: what is sent beside each event stands in them; `nil` where tables say it.
    private static func events(_ tables: [Table], sendsAll: Bool, _ random: inout SeededRandom) -> String {
        // One that has everything, so that every property is known.
        var events = (0..<60).map { index -> String in
            let user = random.below(8)
            let sku: [String]? =
                random.once(in: 6)
                ? nil : random.once(in: 5) ? [random.pick(skus), random.pick(skus)] : [random.pick(skus)]
            let (plan, country) = (random.pick(plans), random.pick(countries))
            var own: [String] = []
            var people = ["\"plan\":\"\(plan)\""]
            if let sku { own.append("\"sku\":\(json(sku, wasList: sku.count > 1))") }
            if sendsAll {
                for (column, name) in tables[0].columns.enumerated() {
                    guard let sku else { continue }
                    let values = sku.compactMap { tables[0].value($0, column) }
                    if !values.isEmpty { own.append("\"\(name)\":\(json(values, wasList: sku.count > 1))") }
                }
                for (column, name) in tables[1].columns.enumerated() {
                    people.append("\"\(name)\":\(tables[1].value(plan, column).map { "\"\($0)\"" } ?? "null")")
                }
                for (column, name) in tables[2].columns.enumerated() {
                    people.append("\"\(name)\":\(tables[2].value(country, column).map { "\"\($0)\"" } ?? "null")")
                }
            }
            // What is not sent is what there was; here each event says all.
            let unset = people.filter { $0.hasSuffix(":null") }.map { "\($0.dropLast(4))\"-\"" }
            let set = people.filter { !$0.hasSuffix(":null") }
            let properties =
                "{\"$set\":{\(set.joined(separator: ","))}"
                + (unset.isEmpty ? "}" : ",\"$unset\":{\(unset.joined(separator: ","))}}")
            let time = 1_709_164_800_000 + Int64(random.below(3 * 86_400)) * 1_000
            return """
                {"user_id":"user-\(user)","event_type":"\(random.pick(["Buy", "View"]))","time":\(time),\
                "insert_id":"\(index)","session_id":-1,"country":"\(country)",\
                "event_properties":{\(own.joined(separator: ","))},"user_properties":\(properties)}
                """
        }
        let all = tables[0].columns.map { "\"\($0)\":\"known\"" }.joined(separator: ",")
        let peoples = (tables[1].columns + tables[2].columns).map { "\"\($0)\":\"known\"" }.joined(separator: ",")
        events.append(
            """
            {"user_id":"somebody","event_type":"Other","time":1600000000000,"insert_id":"x",\
            "event_properties":{"sku":"s1"\(sendsAll ? ",\(all)" : "")},\
            "user_properties":{"plan":"free"\(sendsAll ? ",\(peoples)" : "")}}
            """
        )
        return "[\(events.joined(separator: ","))]"
    }

    private static func json(_ values: [String], wasList: Bool) -> String {
        // A list of one stays one, as what it was looked up from.
        let texts = values.map { "\"\($0)\"" }
        return wasList ? "[\(texts.joined(separator: ","))]" : texts[0]
    }

    private static func question(_ random: inout SeededRandom) -> String {
        let days = "start=20240229&end=20240302"
        func filter() -> String {
            let (kind, name) = random.pick([
                ("event", "color"), ("event", "cost"), ("user", "gp:tier"), ("user", "gp:part"), ("event", "sku"),
            ])
            let op = random.pick([
                "is", "is not", "contains", "does not contain", "less", "greater", "greater or equal", "set is",
                "set is not",
            ])
            let value = random.pick(["red", "1", "2.5", "(none)", "e", "-3"])
            return
                #"{"subprop_type":"\#(kind)","subprop_key":"\#(name)","subprop_op":"\#(op)","subprop_value":["\#(value)"]}"#
        }
        func event(groups: Int) -> String {
            let filters = (0..<random.below(3)).map { _ in filter() }.joined(separator: ",")
            let by = (0..<groups).map { _ in
                let (kind, name) = random.pick([
                    ("event", "color"), ("event", "cost"), ("user", "gp:tier"), ("user", "gp:part"),
                ])
                return #"{"type":"\#(kind)","value":"\#(name)"}"#
            }.joined(separator: ",")
            let type = random.pick(["Buy", "View", "_active"])
            return #"{"event_type":"\#(type)","filters":[\#(filters)],"group_by":[\#(by)]}"#
        }
        func encoded(_ text: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        }
        func segment() -> String {
            guard random.once(in: 3) else { return "" }
            let (name, value) = (random.pick(["gp:tier", "gp:part"]), random.pick(["red", "1", "(none)"]))
            let op = random.pick(["is", "is not", "less", "contains"])
            return "&s=" + encoded(#"[{"prop":"\#(name)","op":"\#(op)","values":["\#(value)"]}]"#)
        }
        let g = random.pick(["", "&g=gp:tier", "&g=part", "&g=color", "&g=cost"])
        switch random.below(7) {
        case 0:
            let m = random.pick(["uniques", "totals", "average", "pct_dau"])
            return "events/segmentation?e=\(encoded(event(groups: random.below(2))))&m=\(m)&\(days)\(segment())"
        case 1:
            let m = random.pick(["sums", "value_avg", "histogram"])
            return "events/segmentation?e=\(encoded(event(groups: 1 + random.below(2))))&m=\(m)&\(days)\(segment())"
        case 2: return "events/segmentation?e=\(encoded(event(groups: 0)))&m=totals&\(days)\(g)"
        case 3:
            let formula = random.pick(["PROPSUM(A)", "PROPCOUNT(A)", "PROPCOUNTAVG(A)", "PROPMAX(A)", "PROPAVG(A)"])
            return "events/segmentation?e=\(encoded(event(groups: 1)))&m=formula&formula=\(encoded(formula))&\(days)"
        case 4:
            let steps = "e=\(encoded(event(groups: 0)))&e=\(encoded(event(groups: 0)))"
            return "funnels?\(steps)&\(days)\(g)\(segment())"
        case 5:
            let (se, re) = (encoded(event(groups: 0)), encoded(event(groups: 0)))
            return "retention?se=\(se)&re=\(re)&\(days)\(random.pick(["", "&g=gp:tier", "&g=gp:part"]))\(segment())"
        default: return random.pick(["composition?p=gp:tier&\(days)", "users?m=active&\(days)&g=gp:part"])
        }
    }

    @Test("every question is answered alike", arguments: 0..<4)
    func same(seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed))
        let tables = [
            Self.table("sku", #"{"value":"sku","type":"event"}"#, ["color", "cost"], Self.skus, &random),
            Self.table("plan", #"{"value":"gp:plan","type":"user"}"#, ["tier"], Self.plans, &random),
            Self.table("country", #"{"value":"country","type":"user"}"#, ["part"], Self.countries, &random),
        ]
        var (sameEvents, sameAgain) = (random, random)
        let sent = Self.events(tables, sendsAll: true, &sameEvents)
        let joined = Self.events(tables, sendsAll: false, &sameAgain)
        var questions = SeededRandom(seed: UInt64(seed) &+ 1_000)
        let asked = (0..<120).map { _ in Self.question(&questions) }
        let wanted = try await Self.answers(to: asked, after: sent, with: [])
        let found = try await Self.answers(to: asked, after: joined, with: tables)
        for (index, path) in asked.enumerated() {
            #expect(found[index] == wanted[index], "seed \(seed): \(path.removingPercentEncoding ?? path)")
        }
        #expect(wanted.count(where: { $0.hasPrefix("200") }) > 100, "\(wanted.first { !$0.hasPrefix("200") } ?? "")")
    }

    private static func answers(
        to questions: [String],
        after events: String,
        with tables: [Table]
    ) async throws -> [String] {
        try await TestServer().application.test(.router) { client in
            let sent = try await client.post(events: events)
            try #require(sent.status == 200, "\(sent.body)")
            for table in tables {
                let parts = [("name", table.key), ("key", table.key), ("property", table.property)]
                    .map { "--b\r\nContent-Disposition: form-data; name=\"\($0)\"\r\n\r\n\($1)\r\n" }
                let file =
                    "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n\(table.csv)\r\n"
                let made = try await client.execute(
                    uri: "/api/3/lookup_table",
                    method: .post,
                    headers: [
                        .authorization: TestServer.credentials, .contentType: "multipart/form-data; boundary=b",
                    ],
                    body: ByteBuffer(string: parts.joined() + file + "--b--\r\n")
                ) { response in (response.status, String(buffer: response.body)) }
                try #require(made.0 == .ok, "\(made.1)")
            }
            var answers: [String] = []
            for question in questions {
                let (status, body) = try await client.get("/api/2/\(question)")
                answers.append("\(status) \(body)")
            }
            return answers
        }
    }
}
