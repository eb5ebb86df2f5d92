import Foundation
import Testing

extension EndToEnd {
    /// `Clients/every_call.py` says what is called.
    @Suite("Every call of Amplitude's Python client")
    struct EveryCallTests {
        private struct Report: Decodable {
            struct Told: Decodable {
                var type: String
                var code: Int
            }

            var told: [Told]
        }

        @Test("each is understood, one request an event or in batches", arguments: ["single", "batch"])
        func everyCall(mode: String) async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("calls")
            let server = try await ServerProcess.start(in: folder)
            let report: Report = try await folder.client("every_call.py", server.address, keys.apiKey, mode)
            #expect(report.told.count == 10 && report.told.allSatisfy { $0.code == 200 }, "\(report.told)")

            let project = server.client(keys)
            let day = "20240301-20240301"
            func plays(by property: String) async throws -> [String: Int] {
                let e = #"{"event_type":"Play","group_by":[{"type":"user","value":"gp:\#(property)"}]}"#
                return try await project.chart(e, m: "totals", days: day).collapsedGroups
            }
            #expect(try await plays(by: "plan") == ["(none)": 2, "free": 1, "pro": 1])
            #expect(try await plays(by: "first") == ["(none)": 1, "a": 3])
            #expect(try await plays(by: "visits") == ["(none)": 1, "2": 1, "5": 2])
            #expect(try await plays(by: "tags") == ["(none)": 1, "x": 2, "z": 2])
            #expect(try await plays(by: "tags2") == ["(none)": 1, "y": 3, "w": 2])
            // Four plays, of which one before the login, and a purchase: all one person's. Identifies are no activity.
            let all = #"{"event_type":"_all"}"#
            #expect(try await project.chart(all, m: "totals", days: day).only?.collapsed == 5)
            #expect(try await project.chart(all, m: "uniques", days: day).only?.collapsed == 1)
            let paying = #"{"event_type":"_all","group_by":[{"type":"user","value":"paying"}]}"#
            #expect(
                try await project.chart(paying, m: "totals", days: day).collapsedGroups == ["(none)": 4, "true": 1]
            )
            try await server.stop()
        }
    }
}
