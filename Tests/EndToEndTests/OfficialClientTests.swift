import Foundation
import Testing

extension EndToEnd {
    /// `Clients/track_events.py` says which events there are.
    @Suite("Amplitude's Python client")
    struct OfficialClientTests {
        private struct Report: Decodable {
            struct Callback: Decodable, Hashable {
                var user: String
                var type: String
                var code: Int
                var message: String
            }

            var callbacks: [Callback]
            var errors: [String]
        }

        private static let days = "20240229-20240304"

        @Test("its events are counted, but for the one that it is told is wrong")
        func events() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("shop")
            let server = try await ServerProcess.start(in: folder)
            let report: Report = try await folder.client("track_events.py", server.address, keys.apiKey)
            #expect(report.errors == [])
            let (taken, refused) = (
                report.callbacks.filter { $0.code == 200 }, report.callbacks.filter { $0.code != 200 }
            )
            #expect(taken.count == 8)
            #expect(
                refused == [
                    Report.Callback(
                        user: "anonymous",
                        type: "View",
                        code: 400,
                        message: "Invalid field values on some events"
                    )
                ]
            )

            let shop = server.client(keys)
            let views = #"{"event_type":"View"}"#
            #expect(try await shop.chart(views, m: "totals", days: Self.days).only == .init([0, 3, 0, 2, 0], 5))
            #expect(try await shop.chart(views, m: "uniques", days: Self.days).only == .init([0, 2, 0, 2, 0], 3))
            // The identify is no activity.
            let active = #"{"event_type":"_active"}"#
            #expect(try await shop.chart(active, m: "totals", days: Self.days).only == .init([0, 3, 1, 3, 0], 7))

            let viewsByItem = #"{"event_type":"View","group_by":[{"type":"event","value":"item"}]}"#
            let byItem = try await shop.chart(viewsByItem, m: "totals", days: Self.days)
            #expect(byItem.series.map(\.label) == ["lamp", "chair", "chaise longue à 100 %"])
            #expect(
                byItem.groups == [
                    "lamp": .init([0, 2, 0, 1, 0], 3), "chair": .init([0, 1, 0, 0, 0], 1),
                    "chaise longue à 100 %": .init([0, 0, 0, 1, 0], 1),
                ]
            )
            #expect(
                try await shop.chart(viewsByItem, m: "uniques", days: Self.days).groups == [
                    "lamp": .init([0, 2, 0, 1, 0], 2), "chair": .init([0, 1, 0, 0, 0], 1),
                    "chaise longue à 100 %": .init([0, 0, 0, 1, 0], 1),
                ]
            )

            let at = #""subprop_op":"is","subprop_value""#
            let lamps =
                #"{"event_type":"_active","filters":[{"subprop_type":"event","subprop_key":"item",\#(at):["lamp"]}]}"#
            #expect(try await shop.chart(lamps, m: "totals", days: Self.days).only == .init([0, 2, 1, 1, 0], 4))
            let at40 =
                #"{"event_type":"View","filters":[{"subprop_type":"event","subprop_key":"price",\#(at):["40"]}]}"#
            #expect(try await shop.chart(at40, m: "uniques", days: Self.days).only == .init([0, 2, 0, 1, 0], 2))
            // Anna's plan was set by the identify before her first event.
            let gold =
                #"{"event_type":"_active","filters":[{"subprop_type":"user","subprop_key":"gp:plan",\#(at):["gold"]}]}"#
            #expect(try await shop.chart(gold, m: "totals", days: Self.days).only == .init([0, 2, 1, 0, 0], 3))
            try await server.stop()
        }

        @Test("with a wrong key it gives up: it knows the server's sentence, logs it, and stores nothing")
        func wrongKey() async throws {
            let folder = try TestFolder()
            var keys = try await folder.createProject("shop")
            let server = try await ServerProcess.start(in: folder)
            let report: Report = try await folder.client("track_events.py", server.address, "no-such-key")
            // The client calls nobody back, and writes this only for a 400 whose error begins with "Invalid API key:".
            #expect(report.callbacks == [] && report.errors == ["Invalid API Key"])

            let reader = server.client(keys)
            keys.apiKey = "no-such-key"
            let refusal = try await server.client(keys).send([SentEvent(userID: "user-1", eventType: "View")])
            #expect(refusal.status == 400)
            #expect(refusal.text == #"{"code":400,"error":"Invalid API key: no-such-key"}"#)

            let active = try await reader.chart(#"{"event_type":"_active"}"#, m: "totals", days: Self.days)
            #expect(active.only == .init([0, 0, 0, 0, 0], 0))
            try await server.stop()
        }
    }
}

extension Chart.Series {
    fileprivate init(_ values: [Int], _ collapsed: Int) {
        self.init(values: values, collapsed: collapsed)
    }
}
