import Foundation
import Testing

extension EndToEnd {
    /// Source: Documentation/accounts.md A5, A6.
    @Suite("Signing in by a link, and members")
    struct SignInCommandTests {
        private struct SignedIn: Decodable {
            struct User: Decodable {
                var id: String
                var email: String?
                var role: String
            }

            var user: User
            var token: String
        }

        private struct Shown: Decodable {
            var status: Int
            var output: String
        }

        /// What stands behind the `#` of a link.
        private static func token(_ link: String) throws -> String {
            let found = try #require(link.firstMatch(of: /http\S+\/sign-in#([0-9a-f]{32})/), "\(link)")
            return String(found.output.1)
        }

        private static func post(
            _ server: ServerProcess,
            _ path: String,
            _ body: String,
            in folder: TestFolder
        ) async throws -> String {
            try await folder.bash(
                "curl -s -H 'Content-Type: application/json' -d '\(body)' \(server.address)/api/v1/auth/\(path)"
            ).output
        }

        @Test("a link of `antinode sign-in` signs in on this machine, once; nothing of it is in the server's output")
        func link() async throws {
            let folder = try TestFolder()
            let early = try await folder.antinode("sign-in")
            #expect(early.status != 0 && early.output.isEmpty, "there is no data folder yet: \(early)")
            let server = try await ServerProcess.start(
                in: folder,
                ServerProcess.standard(folder) + " --log-level trace"
            )
            #expect(!server.welcome.contains("sign-in#"), "no terminal is there")
            let printed = try await folder.antinode("sign-in")
            #expect(printed.output.hasPrefix(server.address + "/sign-in#"), "\(printed)")
            let token = try Self.token(printed.output)
            let body = "{\"token\":\"\(token)\"}"
            let answer = try await Self.post(server, "local", body, in: folder)
            let signedIn = try JSONDecoder().decode(SignedIn.self, from: Data(answer.utf8))
            #expect(signedIn.user.id == "local" && signedIn.user.role == "platform")
            let ledger = try await folder.bash(
                "curl -s -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer \(signedIn.token)' "
                    + "-H 'X-Workspace-ID: 1' \(server.address)/api/v1/ledger"
            )
            #expect(ledger.output == "200", "\(ledger)")
            #expect(try await Self.post(server, "local", body, in: folder).contains("FORBIDDEN"), "once")
            let page = try await folder.bash("curl -si \(server.address)/sign-in")
            #expect(page.output.contains("script-src 'nonce-") && page.output.contains("<form"), "\(page)")
            let finished = try await server.stop()
            for secret in [token, signedIn.token] {
                #expect(!finished.output.contains(secret) && !finished.errors.contains(secret))
            }
        }

        @Test("a server at a terminal shows a link until somebody has an account, also behind a public URL")
        func terminal() async throws {
            let folder = try TestFolder()
            func start(_ options: String...) async throws -> String {
                let words = ["Ctrl-C.", "", try Tools.antinode().path, "serve", "--port", "0"] + options
                let shown: Shown = try await folder.client("on_terminal.py", words)
                #expect(shown.status == 0 && shown.output.contains("Stopped."), "\(shown.output)")
                return shown.output
            }
            let (first, second) = (try await start(), try await start("--public-url", "https://stats.example.com"))
            #expect(try Self.token(first) != Self.token(second))
            #expect(second.contains("https://stats.example.com/sign-in#"), "\(second)")
            let server = try await ServerProcess.start(in: folder, "--port 0")
            let token = try Self.token(try await folder.antinode("sign-in").output)
            let body = "{\"token\":\"\(token)\",\"email\":\"ann@example.com\",\"password\":\"a long password\"}"
            let answer = try await Self.post(server, "setup", body, in: folder)
            let made = try JSONDecoder().decode(SignedIn.self, from: Data(answer.utf8))
            #expect(made.user.email == "ann@example.com" && made.user.role == "platform")
            let login = "{\"email\":\"ann@example.com\",\"password\":\"a long password\"}"
            #expect(try await Self.post(server, "login", login, in: folder).contains("\"token\":"))
            try await server.stop()
            let third = try await start()
            #expect(!third.contains("sign-in#"), "\(third)")
        }

        @Test("`antinode member` invites, grants, lists and removes beside a running server")
        func members() async throws {
            let folder = try TestFolder()
            let server = try await ServerProcess.start(in: folder, "--port 0")
            let none = try await folder.antinode("member list")
            #expect(none.output.contains("There is no account yet"), "\(none)")
            let invited = try await folder.antinode("member invite ben@example.com --role editor")
            let body = "{\"token\":\"\(try Self.token(invited.output))\",\"password\":\"a long password\"}"
            let answer = try await Self.post(server, "invitation", body, in: folder)
            let ben = try JSONDecoder().decode(SignedIn.self, from: Data(answer.utf8))
            #expect(ben.user.role == "editor")
            #expect(try await folder.antinode("member list").output.contains("ben@example.com  editor  default"))
            let granted = try await folder.antinode("member grant ben@example.com platform")
            #expect(granted.status == 0, "\(granted)")
            #expect(try await folder.antinode("member list").output.contains("ben@example.com  platform  all"))
            let revoked = try await folder.antinode("member revoke ben@example.com")
            #expect(revoked.status == 0, "\(revoked)")
            #expect(try await !folder.antinode("member list").output.contains("platform"))
            let reset = try await folder.antinode("member reset-password ben@example.com")
            _ = try Self.token(reset.output)
            for wrong in [
                "member grant ann@example.com viewer", "member grant ben@example.com owner", "member invite ben",
                "member invite ben@example.com --role platform",
            ] {
                let refused = try await folder.antinode(wrong)
                #expect(
                    refused.status != 0 && refused.output.isEmpty && !refused.errors.isEmpty,
                    "\(wrong): \(refused)"
                )
            }
            let removed = try await folder.antinode("member remove ben@example.com")
            #expect(removed.status == 0, "\(removed)")
            let status = try await folder.bash(
                "curl -s -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer \(ben.token)' \(server.address)/api/v1/user"
            )
            #expect(status.output == "401", "at once: \(status)")
            try await server.stop()
        }
    }
}
