import Foundation
import NIOCore
import Testing

extension EndToEnd {
    /// Clients that stall, hold on and hold back. Documentation/http.md H13, H21, H22; operations.md O6.
    @Suite("Connections")
    struct ConnectionTests {
        @Test("a server that is told to stop ends within ten seconds, whatever clients are in the middle of")
        func stopsBesideStalledClients() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("stopped")
            let server = try await ServerProcess.start(in: folder)
            var stalled: [RawConnection] = []
            for begin in [
                "POST /2/httpapi HTTP/1.1\r\nContent-Length: 1000\r\n\r\n{",
                "POST /batch HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
                "GET /health HTTP/1.1\r\nHo", "",
            ] {
                for _ in 1...3 {
                    let client = try await RawConnection.open(server.address)
                    if !begin.isEmpty { try await client.send(begin) }
                    stalled.append(client)
                }
            }
            let sent = try await RawConnection.open(server.address)
            #expect(try await sent.ask(RawRequest.post("/2/httpapi", RawRequest.event(keys))).status == 200)
            let begin = ContinuousClock.now
            try await server.stop(SIGTERM)
            #expect(ContinuousClock.now - begin < .seconds(10))
            for (index, client) in stalled.enumerated() {
                #expect(try await client.ends(within: .seconds(10)))
                #expect(client.text.hasPrefix(index < 6 ? "HTTP/1.1 503 " : ""), "\(index): \(client.text)")
            }
            let again = try await ServerProcess.start(in: folder)
            #expect(try await again.client(keys).ledger().stored == 1)
            try await again.stop()
        }

        @Test("connections with half a head keep nobody, so the server stops at once")
        func stopsAtOnce() async throws {
            let server = try await ServerProcess.start(in: TestFolder())
            var stalled: [RawConnection] = []
            for _ in 1...3 {
                stalled.append(try await RawConnection.open(server.address))
                try await stalled.last?.send("GET /health HTTP/1.1\r\nHo")
            }
            let begin = ContinuousClock.now
            try await server.stop(SIGTERM)
            // With a request under way it would take six.
            #expect(ContinuousClock.now - begin < .seconds(5))
        }

        @Test("sixty bodies of 20 MB of which the end never comes take no more memory than is set, and keep nobody")
        func bodiesThatNeverEnd() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("flooded")
            let server = try await ServerProcess.start(in: folder)
            let megabyte = ByteBuffer(repeating: UInt8(ascii: " "), count: 1 << 20)
            var hostile: [RawConnection] = []
            for number in 0..<60 {
                let client = try await RawConnection.open(server.address)
                // Every other one does not say how much will come.
                let isChunked = number % 2 == 0
                let length = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(20 << 20)"
                try await client.send("POST /batch HTTP/1.1\r\n\(length)\r\n\r\n\(isChunked ? "1400000\r\n" : "")")
                for _ in 1...19 { client.sendInPassing(megabyte) }
                hostile.append(client)
            }
            let honest = try await RawConnection.open(server.address)
            var most = 0
            for _ in 1...40 {
                let answer = try await honest.ask(RawRequest.post("/2/httpapi", RawRequest.event(keys)))
                #expect(answer.status == 200, "\(answer)")
                most = max(most, try server.memory())
                try await Task.sleep(for: .milliseconds(50))
            }
            print("\(most) MB at most beside 60 bodies of 19 MB")
            #expect(most < 400)
            let refused = hostile.filter { $0.text.hasPrefix("HTTP/1.1 503 ") }
            #expect(!refused.isEmpty)
            #expect(refused.allSatisfy { $0.text.contains("\r\nRetry-After: ") && $0.text.contains(#"{"code":503,"#) })
            for client in hostile { await client.close() }
            let large = RawRequest.event(keys) + String(repeating: " ", count: 19 << 20)
            #expect(try await honest.ask(RawRequest.post("/batch", large)).status == 200)
            let figures = try await honest.ask(RawRequest.get("/metrics")).text
            #expect(figures.contains("antinode_connections_refused_total{reason=\"too_many_bytes\"}"))
            #expect(figures.contains("antinode_request_body_bytes 0"))
            try await server.stop()
        }

        @Test("the limit of open files is raised to the highest that is allowed")
        func descriptorLimit() async throws {
            let server = try await ServerProcess.start(in: TestFolder(), limits: "ulimit -Sn 256; ulimit -Hn 4096")
            #expect(try server.limit("Max open files") == ["4096", "4096"])
            try await server.stop()
        }

        @Test("more connections than may be open do not keep files from being opened, nor others from asking")
        func descriptorsUsedUp() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("late")
            let server = try await ServerProcess.start(in: folder, limits: "ulimit -n 200")
            let before = try await RawConnection.open(server.address)
            #expect(try await before.ask(RawRequest.get("/health")).status == 200)
            var idle: [RawConnection] = []
            for number in 0..<300 {
                idle.append(try await RawConnection.open(server.address))
                // Who asks now and then is not among those that wait longest.
                if number % 20 == 0 { #expect(try await before.ask(RawRequest.get("/health")).status == 200) }
            }
            let answer = try await before.ask(RawRequest.post("/2/httpapi", RawRequest.event(keys)))
            #expect(answer.status == 200, "\(answer)")
            let newcomer = try await RawConnection.open(server.address)
            #expect(try await newcomer.ask(RawRequest.get("/health")).status == 200)
            #expect(server.log.contains("those that wait longest are closed"))
            for client in idle { await client.close() }
            #expect(try await newcomer.ask(RawRequest.post("/2/httpapi", RawRequest.event(keys))).status == 200)
            try await server.stop()
        }

        @Test("a server that can accept nobody more says so in its log and its figures, and goes on")
        func cannotAccept() async throws {
            let folder = try TestFolder()
            let server = try await ServerProcess.start(in: folder)
            let before = try await RawConnection.open(server.address)
            #expect(try await before.ask(RawRequest.get("/health")).status == 200)
            // As if files had taken all descriptors.
            let open = try await folder.bash("ls /proc/\(server.id)/fd | wc -l")
            let count = try #require(Int(open.output.trimmingCharacters(in: .whitespacesAndNewlines)))
            _ = try await folder.bash("prlimit --nofile=\(count + 2): --pid \(server.id)")
            var waiting: [RawConnection] = []
            for _ in 1...10 { waiting.append(try await RawConnection.open(server.address)) }
            for _ in 1...100 where !server.log.contains("a connection could not be accepted") {
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(server.log.contains("a connection could not be accepted"))
            let figures = try await before.ask(RawRequest.get("/metrics")).text
            #expect(figures.contains(/antinode_accept_failures_total [1-9]/))
            _ = try await folder.bash("prlimit --nofile=\(count + 200): --pid \(server.id)")
            for client in waiting { #expect(try await client.ask(RawRequest.get("/healthz")).status > 0) }
            try await server.stop()
        }
    }
}
