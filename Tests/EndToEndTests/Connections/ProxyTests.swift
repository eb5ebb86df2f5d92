import Foundation
import Testing

extension EndToEnd {
    /// The examples of Documentation/behind-a-proxy.md, as they stand there. Documentation/http.md H23.
    @Suite("Behind a proxy")
    struct ProxyTests {
        @Test(
            "nginx as the page has it",
            .enabled(if: Tools.proxy("nginx") != nil, "tools/setup-tests gets nginx where apt-get has it")
        )
        func nginx() async throws { try await expectSenders(behind: .nginx) }

        @Test(
            "Caddy as the page has it",
            .enabled(if: Tools.proxy("caddy") != nil, "tools/setup-tests gets Caddy where apt-get has it")
        )
        func caddy() async throws { try await expectSenders(behind: .caddy) }

        /// Whatever a client says of itself, its address is what `$remote` becomes; large bodies get through, refusals are
        /// the server's own.
        private func expectSenders(behind kind: ProxyProcess.Kind) async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("behind")
            let command = try ProxyProcess.behindAProxy("sh").trimmingCharacters(in: .whitespacesAndNewlines)
            try #require(command.hasPrefix("antinode serve "))
            let server = try await ServerProcess.start(
                in: folder,
                "\(command.dropFirst("antinode serve ".count)) --log-level debug \(ServerProcess.standard(folder))"
            )
            let proxy = try await ProxyProcess.start(kind, in: folder, before: server)
            let health = try await proxy.curl("/health")
            #expect(health.status == 200 && health.body.hasPrefix("{\"status\":\"ok\""), "\(health)")
            let head = try await proxy.curl("/health", "-I")
            #expect(head.status == 200, "\(head)")

            for (user, header) in [
                ("plain-user", "X-A: b"), ("posing-user", "X-Forwarded-For: 6.6.6.6"),
                ("posing-again", "Forwarded: for=6.6.6.6;proto=http"),
            ] {
                let event = #"{"user_id":"\#(user)","event_type":"Sent","ip":"$remote"}"#
                try write(#"{"api_key":"\#(keys.apiKey)","events":[\#(event)]}"#, folder)
                let sent = try await proxy.curl("/2/httpapi", "--data-binary @body -H '\(header)'")
                #expect(sent.status == 200, "\(sent)")
                let credentials = "-u \(keys.apiKey):\(keys.secretKey)"
                let found = try await proxy.curl("/api/2/usersearch?user=\(user)", credentials)
                let id = try #require(found.body.firstMatch(of: /"amplitude_id":(\d+)/)?.output.1)
                let activity = try await proxy.curl("/api/2/useractivity?user=\(id)", credentials)
                #expect(activity.body.contains(#""ip_address":"127.0.0.2""#), "\(user): \(activity)")
            }

            try write(RawRequest.event(keys) + String(repeating: " ", count: 15 << 20), folder)
            #expect(try await proxy.curl("/batch", "--data-binary @body").status == 200)
            if kind == .nginx { try await expectRefusals(behind: proxy, keys, folder) }
            #expect(try await proxy.curl("/api/2/events/list").status == 401)
            #expect(server.log.contains("client=127.0.0.2"), "\(server.log)")
            try await proxy.stop()
            try await server.stop()
        }

        /// Not behind Caddy, which passes a body on as it comes: that races with a refusal, and may end in a reset.
        private func expectRefusals(behind proxy: ProxyProcess, _ keys: ProjectKeys, _ folder: TestFolder) async throws
        {
            let large = try await proxy.curl("/2/httpapi", "--data-binary @body")
            #expect(large.status == 413 && large.body.hasPrefix("{\"code\":413,"), "\(large)")
            try write(RawRequest.event(keys) + String(repeating: " ", count: 21 << 20), folder)
            let larger = try await proxy.curl("/batch", "--data-binary @body")
            #expect(larger.status == 413 && larger.body.hasPrefix("{\"code\":413,"), "\(larger)")
        }

        private func write(_ body: String, _ folder: TestFolder) throws {
            try Data(body.utf8).write(to: folder.url.appending(path: "body"))
        }
    }
}
