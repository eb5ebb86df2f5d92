import Foundation
import NIOCore
import Testing

extension EndToEnd {
    /// Codings, methods, keys and proxies, as they are on the wire. Documentation/http.md H10, H12, H22, H23.
    @Suite("The way in on the wire")
    struct WayInTests {
        @Test("gzip in members, other codings, and what is behind the end")
        func codings() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("coded")
            let server = try await ServerProcess.start(in: folder)
            let client = try await RawConnection.open(server.address)
            let body = RawRequest.event(keys)
            let half = body.index(body.startIndex, offsetBy: 40)
            let (first, second) = (try gzip(String(body[..<half])), try gzip(String(body[half...])))
            for (path, coding, bytes, status) in [
                ("/2/httpapi", "gzip", first + second, 200), ("/batch", "gzip", first + (try gzip("")) + second, 200),
                ("/2/httpapi", "gzip", (try gzip(body)) + Array("junk".utf8), 400),
                ("/2/httpapi", "x-gzip", try gzip(body), 200), ("/2/httpapi", "br", Array(body.utf8), 415),
                ("/batch", "zstd", Array(body.utf8), 415), ("/batch", "gzip, gzip", try gzip(body), 415),
                ("/2/httpapi", "identity", Array(body.utf8), 200), ("/identify", "deflate", Array(body.utf8), 415),
            ] as [(String, String, [UInt8], Int)] {
                let head = RawRequest.post(path, "", "Content-Encoding: \(coding)\r\n")
                    .replacing("Content-Length: 0", with: "Content-Length: \(bytes.count)")
                try await client.send(Array(head.utf8) + bytes)
                let answer = try await client.answer()
                #expect(answer.status == status, "\(path) \(coding): \(answer)")
                if status == 415 { #expect(answer.text.contains("gzip")) }
                if status >= 400, path != "/identify" { #expect(answer.text.hasPrefix("{\"code\":\(status),")) }
            }
            try await server.stop()
        }

        @Test("answers are packed for those who accept that")
        func packedAnswers() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("packed")
            let server = try await ServerProcess.start(in: folder)
            let client = try await RawConnection.open(server.address)
            let credentials = RawRequest.credentials(keys)
            let question = "/api/2/realtime?i=5"
            let plain = try await client.ask(RawRequest.get(question, credentials))
            #expect(plain["content-encoding"] == nil && plain.body.count > 1_024)
            for (accepted, isPacked) in [
                ("gzip", true), ("gzip, deflate, br", true), ("br;q=1.0, gzip;q=0.5", true), ("gzip;q=0", false),
                ("identity, gzip;q=0.1", false), ("br", false), ("*", true),
            ] {
                for (path, headers) in [(question, credentials), ("/metrics", "")] {
                    let answer = try await client.ask(
                        RawRequest.get(path, "\(headers)Accept-Encoding: \(accepted)\r\n")
                    )
                    #expect(
                        (answer["content-encoding"] == "gzip") == isPacked,
                        "\(path) \(accepted): \(answer.headers)"
                    )
                    #expect(answer.body.starts(with: [0x1F, 0x8B]) == isPacked)
                    if isPacked, path == question {
                        let unpacked = try pipe(answer.body, through: "gunzip -c")
                        #expect(try members(of: unpacked) == members(of: plain.body))
                    }
                }
            }
            try await server.stop()
        }

        @Test("a known path with another method")
        func methods() async throws {
            let server = try await ServerProcess.start(in: TestFolder())
            let client = try await RawConnection.open(server.address)
            let dashboard = "{\"error\":{\"http_code\":405,"
            for (method, path, allowed, begin) in [
                ("POST", "/api/2/usersearch", "GET", dashboard), ("TRACE", "/api/2/users", "GET", dashboard),
                ("GET", "/2/httpapi", "POST", "{\"code\":405,"), ("PUT", "/batch", "POST", "{\"code\":405,"),
                ("DELETE", "/api/v1/ledger", "GET", "{\"error\":\"METHOD_NOT_ALLOWED\","),
                ("POST", "/health", "GET", "{"), ("PUT", "/metrics", "GET", "{"),
            ] {
                let form = "user=some-user"
                let answer = try await client.ask(
                    RawRequest.post(path, form, "Origin: https://example.com\r\n").replacing("POST", with: method)
                )
                #expect(answer.status == 405 && answer.text.hasPrefix(begin), "\(method) \(path): \(answer)")
                #expect(answer["allow"]?.hasPrefix(allowed) == true, "\(method) \(path): \(answer.headers)")
                // Pages of other origins send events, and no more.
                let isWayIn = begin.hasPrefix("{\"code\"")
                #expect((answer["access-control-allow-origin"] == "*") == isWayIn, "\(path)")
            }
            let preflight = try await client.ask(
                "OPTIONS /2/httpapi HTTP/1.1\r\nHost: a\r\nOrigin: https://example.com\r\n\r\n"
            )
            #expect(preflight.status == 204)
            let unknown = try await client.ask(RawRequest.post("/api/2/nothing", ""))
            #expect(unknown.status == 404 && unknown.text.hasPrefix("{\"error\":{\"http_code\":404,"))
            try await server.stop()
        }

        @Test("of a large body that begins with a key of nobody, the rest is not waited for")
        func unknownKey() async throws {
            let server = try await ServerProcess.start(in: TestFolder())
            let json = #"{"api_key":"0123456789abcdef0123456789abcdef","events":["#
            for (coding, bytes) in [("identity", Array(json.utf8)), ("gzip", try gzip(json))] {
                let client = try await RawConnection.open(server.address)
                let head = "POST /batch HTTP/1.1\r\nContent-Length: \(15 << 20)\r\nContent-Encoding: \(coding)\r\n\r\n"
                try await client.send(Array(head.utf8) + bytes + [UInt8](repeating: 0x20, count: 2_000))
                let answer = try await client.answer()
                #expect(answer.status == 400 && answer["connection"] == "close", "\(answer)")
                #expect(answer.text.contains("Invalid API key: 0123456789abcdef0123456789abcdef"))
                #expect(try await client.ends(within: .seconds(10)))
            }
            let form = try await RawConnection.open(server.address)
            let head = "POST /httpapi HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n"
            let answer = try await form.ask(head + "api_key=nobody&event=" + String(repeating: "x", count: 2_000))
            #expect(answer.status == 400 && answer.text == "invalid_api_key", "\(answer)")
            try await server.stop()
        }

        @Test("small bodies that swell to 20 MB each do not hold more memory than is set, and keep nobody")
        func swelling() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("swollen")
            let server = try await ServerProcess.start(in: folder)
            let packed = try gzip(RawRequest.event(keys, "Swollen") + String(repeating: " ", count: 19 << 20))
            let head = "POST /batch HTTP/1.1\r\nContent-Length: \(packed.count)\r\nContent-Encoding: gzip\r\n\r\n"
            var hostile: [RawConnection] = []
            for _ in 1...60 {
                let client = try await RawConnection.open(server.address)
                client.sendInPassing(ByteBuffer(bytes: Array(head.utf8) + packed))
                hostile.append(client)
            }
            let honest = try await RawConnection.open(server.address)
            var most = 0
            var answers: [Int] = []
            for client in hostile {
                let answer = try await honest.ask(RawRequest.post("/2/httpapi", RawRequest.event(keys)))
                #expect(answer.status == 200, "\(answer)")
                most = max(most, try server.memory())
                answers.append(try await client.answer(within: .seconds(60)).status)
            }
            print("\(most) MB at most beside 60 bodies that swell to 19 MB each")
            #expect(most < 400)
            // On a machine that has too much to do some have waited too long.
            #expect(answers.contains(200) && answers.allSatisfy { [200, 503].contains($0) }, "\(answers)")
            try await server.stop()
        }

        /// Where the trusted proxies are named.
        enum Naming: CaseIterable { case options, environment, file, nowhere }

        @Test("who sent an event is what a trusted proxy says of it, and nobody else", arguments: Naming.allCases)
        func proxies(naming: Naming) async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("behind")
            let isTrusted = naming != .nowhere
            if naming == .file {
                try Data(#"{"trustedProxies": "127.0.0.0/8, 10.1.0.0/16"}"#.utf8).write(
                    to: folder.url.appending(path: "antinode.json")
                )
            }
            let server = try await ServerProcess.start(
                in: folder,
                ServerProcess.standard(folder) + " --geoip \(try Tools.placesFile())"
                    + (naming == .options ? " --trusted-proxies 127.0.0.0/8 --trusted-proxies 10.1.0.0/16" : ""),
                environment: naming == .environment
                    ? ["ANTINODE_TRUSTED_PROXIES": "127.0.0.0/8,10.1.0.0/16"] : [:]
            )
            let client = try await RawConnection.open(server.address)
            let cases = [
                ("plain", "X-Forwarded-For: 203.0.113.9\r\n", "203.0.113.9"),
                ("places", "X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1"),
                ("chain", "X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.2.3\r\n", "203.0.113.9"),
                ("standard", "Forwarded: for=\"[2001:db8::7]:4711\";proto=https\r\n", "2001:db8::7"),
                ("nothing", "", "127.0.0.1"),
            ]
            for (type, header, _) in cases {
                let event = #"{"user_id":"user-\#(type)","event_type":"\#(type)","ip":"$remote"}"#
                let body = #"{"api_key":"\#(keys.apiKey)","events":[\#(event)]}"#
                #expect(try await client.ask(RawRequest.post("/2/httpapi", body, header)).status == 200)
            }
            for (type, _, address) in cases {
                let found = try await client.ask(
                    RawRequest.get("/api/2/usersearch?user=user-\(type)", RawRequest.credentials(keys))
                )
                let id = try #require(found.text.firstMatch(of: /"amplitude_id":(\d+)/)?.output.1)
                let activity = try await client.ask(
                    RawRequest.get("/api/2/useractivity?user=\(id)", RawRequest.credentials(keys))
                )
                let wanted = isTrusted ? address : "127.0.0.1"
                #expect(activity.text.contains("\"ip_address\":\"\(wanted)\""), "\(type): \(activity.text)")
                // Two of them are in the file of places.
                let cities = ["places": "\"San Francisco\"", "standard": "\"Abidjan\""]
                let city = isTrusted ? cities[type] ?? "null" : "null"
                #expect(activity.text.contains("\"city\":\(city)"), "\(type): \(activity.text)")
            }
            try await server.stop()
        }

        @Test("proxies that are none are refused in a sentence", arguments: ["10.0.0.0/33", "proxy.example.com"])
        func noProxies(text: String) async throws {
            let folder = try TestFolder()
            let ended = try await folder.antinode("serve --port 0 --trusted-proxies \(text)")
            #expect(ended.status != 0)
            #expect(ended.errors.contains("such as 10.0.0.0/8 or ::1") && ended.errors.contains(text))
            let fromEnvironment = try await folder.antinode(
                "serve --port 0",
                environment: ["ANTINODE_TRUSTED_PROXIES": text]
            )
            #expect(fromEnvironment.status != 0 && fromEnvironment.errors.contains("such as 10.0.0.0/8 or ::1"))
        }

        private func gzip(_ text: String) throws -> [UInt8] { try pipe(Array(text.utf8), through: "gzip -c") }

        private func pipe(_ bytes: [UInt8], through command: String) throws -> [UInt8] {
            let process = Process()
            process.executableURL = URL(filePath: "/bin/bash")
            process.arguments = ["-c", command]
            let (input, output) = (Pipe(), Pipe())
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            try input.fileHandleForWriting.write(contentsOf: Data(bytes))
            try input.fileHandleForWriting.close()
            let piped = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return Array(piped)
        }

        /// Of the answer's `data`.
        private func members(of json: [UInt8]) throws -> [String] {
            let answer = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any]
            let data = try #require(answer?["data"] as? [String: Any])
            return data.keys.sorted()
        }
    }
}
