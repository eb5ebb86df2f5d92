import Foundation
import Testing

extension EndToEnd {
    @Suite("/metrics")
    struct FiguresTests {
        private let folder: TestFolder
        private let keys: ProjectKeys

        init() async throws {
            folder = try TestFolder()
            keys = try await folder.createProject("shop")
        }

        /// A server that has taken, refused and answered something, and its figures.
        private func figures(_ then: (ServerProcess) async throws -> Void = { _ in }) async throws -> String {
            let server = try await ServerProcess.start(in: folder)
            let client = server.client(keys)
            let good = SentEvent(userID: "user-1", eventType: "Hello", insertID: "a", time: 1_709_294_400_000)
            #expect(try await client.send([good, good]).status == 200)
            #expect(try await client.send([SentEvent(userID: "x", eventType: "Hello")]).status == 400)
            #expect(try await client.ledger() == Ledger(received: 3, stored: 1, duplicate: 1, rejected: 1))
            _ = try await folder.bash("curl -s -m 10 -u nobody:nothing \(server.address)/api/2/events/list")
            _ = try await folder.bash("curl -s -m 10 \(server.address)/nowhere")
            try await then(server)
            let text = try await folder.bash("curl -s -m 10 \(server.address)/metrics").output
            try await server.stop()
            return text
        }

        @Test("promtool has nothing to say about it", .enabled(if: Tools.promtool != nil, "tools/setup-tests gets it"))
        func promtool() async throws {
            let text = try await figures()
            try Data(text.utf8).write(to: folder.url.appending(path: "metrics"))
            let promtool = try #require(Tools.promtool).path
            let checked = try await folder.bash("'\(promtool)' check metrics < metrics")
            #expect(checked.status == 0 && checked.output == "" && checked.errors == "", "\(checked)\n\(text)")
        }

        @Test("every family says what it is; counters end in _total, durations have buckets")
        func families() async throws {
            let lines = try await figures().split(separator: "\n")
            let types = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ").map(String.init) }
            #expect(types.count > 15 && Set(types.map { $0[2] }).count == types.count)
            for type in types {
                let help = lines.filter { $0.hasPrefix("# HELP \(type[2]) ") }
                #expect(help.count == 1 && help.first?.hasSuffix("Not described.") == false, "\(type)")
                #expect((type[3] == "counter") == type[2].hasSuffix("_total"), "\(type)")
                if type[2].hasSuffix("_seconds"), type[2].contains("duration") || type[2].contains("commit") {
                    #expect(type[3] == "histogram" && lines.contains { $0.hasPrefix("\(type[2])_bucket{") }, "\(type)")
                }
            }
        }

        @Test("what an alert needs is there, with plausible values")
        func values() async throws {
            let text = try await figures()
            func value(_ series: String) -> Double? {
                text.split(separator: "\n").first { $0.hasPrefix(series + " ") }.flatMap {
                    Double($0.dropFirst(series.count + 1))
                }
            }
            for (fate, count) in [("stored", 1.0), ("duplicate", 1), ("rejected", 1)] {
                #expect(value(#"antinode_events_total{project="shop",fate="\#(fate)"}"#) == count)
            }
            #expect(value("antinode_unknown_key_requests_total") == 1)
            #expect(value(#"antinode_columns_behind_batches{project="shop"}"#) != nil)
            #expect(value(#"antinode_columns_behind_seconds{project="shop"}"#) != nil)
            for step in ["commit", "columns"] {
                #expect(value(#"antinode_waiting_bytes{project="shop",for="\#(step)"}"#) != nil)
            }
            #expect(try #require(value("antinode_disk_free_bytes")) > 1_048_576)
            #expect(try #require(value("process_resident_memory_bytes")) > 1_048_576)
            #expect(try #require(value("process_cpu_seconds_total")) > 0)
            #expect(try #require(value("process_open_fds")) > 3)
            let started = try #require(value("process_start_time_seconds"))
            #expect(abs(started - Date.now.timeIntervalSince1970) < 120)
            #expect(text.contains(/antinode_build_info\{version="\d+\.\d+\.\d+",build="\w+",duckdb="v[\d.]+"\} 1/))
            // Itself is the one that is being answered.
            #expect(value(#"http_server_active_requests{http_request_method="GET"}"#) == 1)
        }

        @Test("a renamed project is measured under its new name")
        func renamed() async throws {
            let text = try await figures { server in
                let rename = ["project", "rename", "shop", "Laden", "--data-dir", folder.data.path]
                #expect(try await folder.antinode(rename).status == 0)
                try await Task.sleep(for: .seconds(1.2))
                for _ in 0..<2 {
                    let event = SentEvent(userID: "user-2", eventType: "Hello", time: 1_709_294_400_000)
                    #expect(try await server.client(keys).send([event]).status == 200)
                }
            }
            #expect(text.contains(#"antinode_events_total{project="Laden",fate="stored"} 2"#), "\(text)")
            #expect(text.contains(#"antinode_columns_behind_batches{project="Laden"}"#))
        }

        @Test("health names the version; alive and ready are asked for by themselves")
        func health() async throws {
            let server = try await ServerProcess.start(in: folder)
            let health = try await folder.bash("curl -s -m 10 \(server.address)/health").output
            #expect(health.contains(/"status":"ok".*"version":"\d+\.\d+\.\d+"/), "\(health)")
            for path in ["healthz", "readyz"] {
                let answer = try await folder.bash("curl -s -m 10 -w ' %{http_code}' \(server.address)/\(path)")
                #expect(answer.output == "ok\n 200")
            }
            try await server.stop()
        }
    }
}
