import EventModel
import Foundation
import Hummingbird
import HummingbirdTesting
import NIOCore
import Storage
import Testing

@testable import AmplitudeAPI

@Suite("lookup tables") struct LookupTableAPITests {
    private static let events = """
        [{"user_id":"user-1","event_type":"Buy","time":1709208000000,"event_properties":{"sku":"s1","price":"10"},
          "user_properties":{"plan":"free"},"country":"Chad"},
         {"user_id":"user-2","event_type":"Buy","time":1709208000000,"event_properties":{"sku":"s2"},
          "user_properties":{"plan":"pro"},"country":"Mali"},
         {"user_id":"user-3","event_type":"Buy","time":1709208000000,"event_properties":{"sku":"s9"}}]
        """
    private static let csv = "sku,color,cost\ns1,red,2.5\ns2,\"dark, blue\",4\ns3,green,\n"
    private static let sku = #"{"value":"sku","type":"event"}"#

    /// Asks with a form of parts; those whose name begins with `file` are files.
    private static func send(
        _ client: some TestClientProtocol,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ parts: [(String, String)] = []
    ) async throws -> (status: Int, body: String) {
        let form =
            parts.map { name, value in
                let file = name.hasPrefix("file") ? "; filename=\"products.csv\"\r\nContent-Type: text/csv" : ""
                return "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\(file)\r\n\r\n\(value)\r\n"
            }.joined() + "--b--\r\n"
        return try await client.execute(
            uri: path,
            method: method,
            headers: [.authorization: TestServer.credentials, .contentType: "multipart/form-data; boundary=b"],
            body: parts.isEmpty ? nil : ByteBuffer(string: form)
        ) { response in (Int(response.status.code), String(buffer: response.body)) }
    }

    private static func segmentation(_ e: String, _ more: String = "m=totals") -> String {
        let event = e.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "/api/2/events/segmentation?e=\(event)&start=20240229&end=20240229&\(more)"
    }

    @Test("a table is made, told, read back, replaced, added to and removed, in both of Amplitude's APIs")
    func life() async throws {
        try await TestServer().application.test(.router) { client in
            #expect(try await client.post(events: Self.events).status == 200)
            func ask(
                _ method: HTTPRequest.Method,
                _ path: String,
                _ parts: [(String, String)] = []
            ) async throws -> (status: Int, body: String) {
                try await Self.send(client, method, path, parts)
            }
            func table(
                _ columns: String,
                rows: Int,
                bytes: Int,
                value: String = "sku",
                type: String = "event"
            ) -> String {
                """
                {"appId":"1","name":"products","columnHeaders":[\(columns)],"createdAt":1709294400,"createdBy":"api",\
                "lastModifiedAt":1709294400,"lastModifiedBy":"api","isDeleted":false,"isConfigured":true,\
                "keyColumnHeader":"sku","keyProperty":{"type":"\(type)","value":"\(value)","groupType":"User"},\
                "fileName":"products.csv","rowCount":\(rows),"sizeBytes":\(bytes)}
                """
            }
            let (path, one) = ("/api/3/lookup_table", "/api/3/lookup_table/products")
            let made = table("\"color\",\"cost\"", rows: 3, bytes: Self.csv.utf8.count)
            var answer = try await ask(.get, path)
            #expect(answer == (200, "[]"))
            answer = try await ask(
                .post,
                path,
                [("name", "products"), ("key", "sku"), ("property", Self.sku), ("file", Self.csv)]
            )
            #expect(answer == (200, made))
            answer = try await ask(.get, path)
            #expect(answer == (200, "[\(made)]"))
            answer = try await ask(.get, one)
            #expect(answer == (200, made))
            answer = try await ask(.get, "\(one)/csv")
            #expect(answer == (200, Self.csv))

            answer = try await ask(.patch, one, [("file", "sku,weight\ns1,9\ns4,8\n")])
            let merged = "sku,color,cost,weight\ns1,red,2.5,9\ns2,\"dark, blue\",4,\ns3,green,,\ns4,,,8\n"
            #expect(
                answer == (200, table("\"color\",\"cost\",\"weight\"", rows: 4, bytes: merged.utf8.count))
            )
            answer = try await ask(.get, "\(one)/csv")
            #expect(answer == (200, merged))
            answer = try await ask(.put, one, [("file", "sku,tint\ns1,warm\n")])
            #expect(answer == (200, table("\"tint\"", rows: 1, bytes: 17)))
            answer = try await ask(.put, one, [("property", #"{"value":"gp:plan","type":"user"}"#)])
            #expect(answer == (200, table("\"tint\"", rows: 1, bytes: 17, value: "plan", type: "user")))

            let first = """
                {"name":"products","column_headers":["tint"],"created_at":"2024-03-01T12:00:00.000000",\
                "created_by":"rest","last_modified_at":"2024-03-01T12:00:00.000000","last_modified_by":"rest"}
                """
            answer = try await ask(.get, "/api/2/lookup_table/products")
            #expect(answer == (200, first))
            answer = try await ask(.get, "/api/2/lookup_table")
            #expect(answer == (200, "{\"data\":[\(first)]}"))
            answer = try await ask(.delete, one)
            #expect(answer == (200, #"{"message":"Lookup table products deleted successfully","success":true}"#))
            answer = try await ask(.get, path)
            #expect(answer == (200, "[]"))
            // The key's column names the property.
            answer = try await ask(.post, "/api/2/lookup_table/products", [("file", Self.csv)])
            #expect(answer.status == 200 && answer.body.contains(#""column_headers":["color","cost"]"#))
            answer = try await ask(.get, one)
            #expect(answer == (200, made))
            answer = try await ask(.delete, "/api/2/lookup_table/products?force=True")
            #expect(answer == (200, #"{"name":"products","success":true}"#))
        }
    }

    @Test("every refusal has Amplitude's word, and leaves what was there")
    func refusals() async throws {
        try await TestServer().application.test(.router) { client in
            #expect(try await client.post(events: Self.events).status == 200)
            let whole = [("name", "t"), ("key", "sku"), ("property", Self.sku), ("file", Self.csv)]
            func with(_ name: String, _ value: String?) -> [(String, String)] {
                whole.filter { $0.0 != name } + (value.map { [(name, $0)] } ?? [])
            }
            #expect(try await Self.send(client, .post, "/api/3/lookup_table", whole).status == 200)
            let cases: [([(String, String)], Int, String)] = [
                (whole, 409, "ALREADY_EXISTS"), (with("name", ""), 400, "INVALID_TABLE_NAME"),
                (with("name", String(repeating: "n", count: 256)), 400, "INVALID_TABLE_NAME"),
            ]
            for (parts, status, code) in cases {
                let answer = try await Self.send(client, .post, "/api/3/lookup_table", parts)
                #expect(answer.status == status && answer.body.contains("LOOKUP_TABLE_\(code)\""), "\(answer)")
            }
            let others: [([(String, String)], String)] = [
                (with("key", "nothing"), "INVALID_KEY_COLUMN"), (with("key", nil), "INVALID_INPUT"),
                (with("property", nil), "INVALID_INPUT"), (with("property", "sku"), "INVALID_INPUT"),
                (with("property", #"{"value":"sku","type":"x"}"#), "INVALID_INPUT"),
                (with("property", #"{"value":"plan","type":"group"}"#), "INVALID_INPUT"),
                (with("property", #"{"value":"never","type":"event"}"#), "INVALID_KEY_PROPERTY"),
                (with("file", nil), "INVALID_FILE_COUNT"), (whole + [("file2", "a,b\n")], "INVALID_FILE_COUNT"),
                (with("file", "sku,a\n1\n"), "MALFORMED_CSV"), (with("file", "sku,a,a\n"), "INVALID_COLUMN_HEADERS"),
                (with("file", "sku,a\n1,2\n1,3\n"), "KEY_COLUMN_DUPLICATE_VALUES"),
                (with("file", "sku,a\n1,\(String(repeating: "x", count: 1_025))\n"), "INVALID_VALUE_COLUMN"),
            ]
            for (parts, code) in others {
                let named = parts.map { $0.0 == "name" ? ("name", "other") : $0 }
                let answer = try await Self.send(client, .post, "/api/3/lookup_table", named)
                #expect(answer.status == 400 && answer.body.contains("LOOKUP_TABLE_\(code)\""), "\(code): \(answer)")
                #expect(
                    answer.body.hasPrefix("{\"statusCode\":400,\"message\":\"") && answer.body.contains("extraParams")
                )
            }
            for (path, status) in [("/api/3/lookup_table/no", 400), ("/api/2/lookup_table/no", 404)] {
                for (method, parts) in [
                    (HTTPRequest.Method.get, []), (.delete, []), (.patch, [("file", Self.csv)]),
                    (.put, [("file", Self.csv)]),
                ] {
                    let answer = try await Self.send(client, method, path, parts)
                    #expect(answer.status == status && answer.body.contains("LOOKUP_TABLE_DOES_NOT_EXIST"), "\(answer)")
                }
                #expect(try await Self.send(client, .get, "\(path)/csv").status == status)
            }
            let nothing = try await Self.send(client, .put, "/api/3/lookup_table/t", [("x", "y")])
            #expect(nothing.status == 400 && nothing.body.contains("INVALID_INPUT"))
            let file = try await Self.send(client, .get, "/api/3/lookup_table/t/csv")
            #expect(file == (200, Self.csv))
        }
    }

    @Test("its columns are properties: filters, groups, sums, segments, lists; without it they are unknown")
    func properties() async throws {
        try await TestServer().application.test(.router) { client in
            #expect(try await client.post(events: Self.events).status == 200)
            func ask(_ path: String) async throws -> String { try await client.get(path).body }
            func make(_ name: String, _ key: String, _ property: String, _ csv: String) async throws {
                let answer = try await Self.send(
                    client,
                    .post,
                    "/api/3/lookup_table",
                    [("name", name), ("key", key), ("property", property), ("file", csv)]
                )
                #expect(answer.status == 200, "\(answer)")
            }
            let byColor = #"{"event_type":"Buy","group_by":[{"type":"event","value":"color"}]}"#
            let before = try await client.get(Self.segmentation(byColor))
            #expect(before.status == 400 && before.body.contains("color"))
            try await make("products", "sku", Self.sku, Self.csv)
            try await make("plans", "p", #"{"value":"gp:plan","type":"user"}"#, "p,tier\nfree,low\npro,high\n")
            try await make("places", "c", #"{"value":"country","type":"user"}"#, "c,part\nChad,north\nMali,west\n")
            try await make("seats", "c", #"{"value":"seats","type":"group","groupType":"org"}"#, "c,kind\n1,a\n")

            var answer = try await ask(Self.segmentation(byColor))
            #expect(answer.contains(#""seriesLabels":[[0,"(none)"],[0,"dark, blue"],[0,"red"]]"#), "\(answer)")
            answer = try await ask(
                Self.segmentation(#"{"event_type":"Buy","group_by":[{"type":"event","value":"cost"}]}"#, "m=sums")
            )
            #expect(answer.contains(#""value":6.5"#), "\(answer)")
            answer = try await ask(
                Self.segmentation(
                    #"{"event_type":"Buy","filters":[{"subprop_type":"event","subprop_key":"products.cost","#
                        + #""subprop_op":"greater","subprop_value":["3"]}]}"#
                )
            )
            #expect(answer.contains(#""value":1"#), "\(answer)")
            for (g, labels) in [
                ("gp:tier", #"["(none)","high","low"]"#), ("tier", #"["(none)","high","low"]"#),
                ("gp:part", #"["(none)","north","west"]"#), ("color", #"["(none)","dark, blue","red"]"#),
            ] {
                answer = try await ask(Self.segmentation(#"{"event_type":"Buy"}"#, "m=totals&g=\(g)"))
                #expect(answer.contains("\"seriesLabels\":\(labels)"), "\(g): \(answer)")
            }
            let west =
                "%5B%7B%22prop%22%3A%22gp%3Apart%22%2C%22op%22%3A%22is%22%2C%22values%22%3A%5B%22west%22%5D%7D%5D"
            answer = try await ask(Self.segmentation(#"{"event_type":"Buy"}"#, "m=totals&s=\(west)"))
            #expect(answer.contains(#""value":1"#), "\(answer)")
            answer = try await ask("/api/2/taxonomy/event-property")
            #expect(answer.contains(#""event_property":"color""#) && !answer.contains("tier"))
            answer = try await ask("/api/2/taxonomy/user-property")
            #expect(answer.contains(#""user_property":"gp:tier""#) && answer.contains(#""user_property":"gp:part""#))

            // Two tables with one column: which is meant must be said.
            try await make("paint", "sku", Self.sku, "sku,color\ns1,crimson\n")
            let both = try await client.get(Self.segmentation(byColor))
            #expect(both.status == 400 && both.body.contains("paint.color") && both.body.contains("products.color"))
            answer = try await ask(Self.segmentation(byColor.replacing("color", with: "paint.color")))
            #expect(answer.contains("crimson"))
            for name in ["products", "paint"] {
                #expect(try await Self.send(client, .delete, "/api/3/lookup_table/\(name)").status == 200)
            }
            let after = try await client.get(Self.segmentation(byColor))
            #expect(after.status == 400 && after.body.contains("color"))
        }
    }

    @Test("a property that was sent goes before a column of its name; new rows are asked at once")
    func precedence() async throws {
        try await TestServer().application.test(.router) { client in
            #expect(try await client.post(events: Self.events).status == 200)
            let csv = "sku,price,color\ns1,99,red\ns2,99,blue\n"
            let made = try await Self.send(
                client,
                .post,
                "/api/3/lookup_table",
                [("name", "t"), ("key", "sku"), ("property", Self.sku), ("file", csv)]
            )
            #expect(made.status == 200)
            func sum(_ property: String) async throws -> String {
                let e = #"{"event_type":"Buy","group_by":[{"type":"event","value":"\#(property)"}]}"#
                return try await client.get(Self.segmentation(e, "m=sums")).body
            }
            #expect(try await sum("price").contains(#""value":10}"#))
            #expect(try await sum("t.price").contains(#""value":198}"#))
            let changed = try await Self.send(client, .patch, "/api/3/lookup_table/t", [("file", "sku,price\ns2,1\n")])
            #expect(changed.status == 200)
            #expect(try await sum("t.price").contains(#""value":100}"#))
        }
    }
}
