import Foundation
import Testing

extension EndToEnd {
    @Suite("Refused requests, sent again")
    struct RejectsTests {
        private let folder: TestFolder
        private let keys: ProjectKeys
        private static let list = "rejects list --project shop"

        init() async throws {
            folder = try TestFolder()
            keys = try await folder.createProject("shop")
        }

        private func antinode(_ command: String) async throws -> FinishedProcess {
            try await folder.antinode("\(command) --data-dir \(folder.data.path)")
        }

        private func post(_ options: String, to server: ServerProcess, _ path: String) async throws -> String {
            try await folder.bash("curl -s -m 10 \(options) '\(server.address)\(path)'").output
        }

        private func plans(_ server: ServerProcess) async throws -> [String: Int] {
            let e = #"{"event_type":"Play","group_by":[{"type":"user","value":"gp:plan"}]}"#
            return try await server.client(keys).chart(e, m: "totals", days: "20240301-20240301").collapsedGroups
        }

        @Test(
            "forms are kept, and taken when they are mended, beside a server and without one",
            arguments: [true, false]
        )
        func forms(besideServer: Bool) async throws {
            var server = try await ServerProcess.start(in: folder)
            let query = "/identify?api_key=\(keys.apiKey)&identification="
            #expect(try await post("-g", to: server, query + #"{"user_id":"bob"}"#).hasPrefix("invalid_event_field"))
            let multipart = #"-F api_key=\#(keys.apiKey) -F 'event={"event_type":"Play","time":1709294400000}'"#
            #expect(try await post(multipart, to: server, "/httpapi").hasPrefix("invalid_event_field"))
            let received = try await server.client(keys).ledger()
            #expect(received == Ledger(received: 2, rejected: 2))
            if !besideServer { try await server.stop() }

            let list = try await antinode(Self.list)
            let lines = list.output.split(separator: "\n").map { $0.split(separator: "\t") }
            #expect(lines.map { $0[2] } == ["/httpapi", "/identify"], "\(list)")
            #expect(lines.allSatisfy { $0[3] == "1 events" })
            #expect(lines.map { $0[4].contains("of event 0 is") } == [true, true], "\(list)")
            let mended = folder.url.appending(path: "mended")
            for (id, change) in [
                (1, (#"{"user_id":"bob"}"#, #"{"user_id":"user-1","user_properties":{"plan":"pro"}}"#)),
                (2, (#"{"event_type""#, #"{"user_id":"user-1","event_type""#)),
            ] {
                let before = try await antinode(Self.list).output
                let again = try await antinode("rejects replay \(id) --project shop")
                #expect(again.output.hasPrefix("\(id)\tstill refused: invalid_event_field"), "\(again)")
                #expect(try await antinode(Self.list).output == before, "it keeps its number, and nothing is new")
                let shown = try await antinode("rejects show \(id) --project shop").output
                #expect(shown.contains(change.0))
                try Data(shown.dropLast().replacing(change.0, with: change.1).utf8).write(to: mended)
                let taken = try await antinode("rejects replay \(id) --project shop --body \(mended.path)")
                #expect(taken.output == "\(id)\ttaken: 1 events\n", "\(taken)")
            }
            #expect(try await antinode(Self.list).output == "Nothing was refused.\n")
            if !besideServer { server = try await ServerProcess.start(in: folder) }
            #expect(try await plans(server) == ["pro": 1])
            // Twice refused in vain and twice taken: what was refused in vain is not received again.
            let ledger = try await server.client(keys).ledger()
            #expect(ledger.received == 4 && ledger.rejected == 2, "\(ledger)")
            try await server.stop()
        }

        @Test("a mended body that is refused, too, changes nothing; one that is right is taken by the same number")
        func mendedInVain() async throws {
            let server = try await ServerProcess.start(in: folder)
            let event = #"{"user_id":"user-1","event_type":"Play","time":"#
            func body(_ time: String) -> String { #"{"api_key":"\#(keys.apiKey)","events":[\#(event)\#(time)}]}"# }
            _ = try await post("-d '\(body(#""yesterday""#))'", to: server, "/2/httpapi")
            let before = try await antinode(Self.list).output
            #expect(before.hasPrefix("1\t") && before.contains("time of event 0 is invalid"), "\(before)")
            let mended = folder.url.appending(path: "mended.json")
            try Data(body(#""tomorrow""#).utf8).write(to: mended)
            let vain = try await antinode("rejects replay 1 --project shop --body \(mended.path)")
            #expect(vain.output.hasPrefix("1\tstill refused: "), "\(vain)")
            #expect(try await antinode(Self.list).output == before)
            #expect(try await server.client(keys).ledger() == Ledger(received: 1, rejected: 1))
            try Data(body("1709294400000").utf8).write(to: mended)
            let taken = try await antinode("rejects replay 1 --project shop --body \(mended.path)")
            #expect(taken.output == "1\ttaken: 1 events\n", "\(taken)")
            try await server.stop()
        }

        @Test("the list and the request say which field of which event is wrong")
        func named() async throws {
            let server = try await ServerProcess.start(in: folder)
            for events in [
                #"[{"user_id":"user-1","event_type":"a"},{"user_id":"user-1"}]"#,
                #"[{"user_id":"user-1","event_type":"a","time":"yesterday"}]"#,
            ] {
                let body = #"{"api_key":"\#(keys.apiKey)","events":\#(events)}"#
                _ = try await post("-d '\(body)'", to: server, "/2/httpapi")
            }
            try await server.stop()
            let list = try await antinode(Self.list).output.split(separator: "\n")
            #expect(list.first?.contains("Invalid field values on some events: time of event 0 is invalid") == true)
            #expect(list.last?.contains("Request missing required field: event_type of event 1 is missing") == true)
            let show = try await antinode("rejects show 1 --project shop")
            #expect(show.errors.contains("event_type of event 1 is missing"), "\(show)")
            #expect(show.output.hasPrefix("{\"api_key\""), "the body alone goes to a file")
        }

        @Test("what could move a terminal's cursor is written out, in bodies and in the list")
        func controls() async throws {
            let server = try await ServerProcess.start(in: folder)
            // ESC, BEL, an eight-bit CSI, and a carriage return on its own.
            let event = #"{"event_type":"a\#u{1b}[2Jb\#u{7}c\#u{9b}1md"}"# + "\re"
            let file = folder.url.appending(path: "form")
            try Data("api_key=\(keys.apiKey)&event=\(event)".utf8).write(to: file)
            _ = try await post("--data-binary @form", to: server, "/httpapi")
            try await server.stop()
            let show = try await antinode("rejects show 1 --project shop")
            #expect(
                show.output.contains(#"a\u001b[2Jb\u0007c\u009b1md"#) && show.output.contains(#"\u000de"#),
                "\(show)"
            )
            let list = try await antinode(Self.list)
            let controls = CharacterSet.controlCharacters.subtracting(.newlines).subtracting(
                CharacterSet(charactersIn: "\t")
            )
            for text in [show.output, show.errors, list.output] {
                #expect(text.rangeOfCharacter(from: controls) == nil, "\(text.debugDescription)")
            }
            let raw = try await antinode("rejects show 1 --raw --project shop")
            #expect(Data(raw.output.utf8) == (try Data(contentsOf: file)))
        }

        @Test("at a terminal the list has headings")
        func headings() async throws {
            struct Shown: Decodable {
                var status: Int
                var output: String
            }
            let server = try await ServerProcess.start(in: folder)
            _ = try await post("-d 'api_key=\(keys.apiKey)'", to: server, "/httpapi")
            try await server.stop()
            let shown: Shown = try await folder.client(
                "on_terminal.py",
                [
                    "never", "", Tools.antinode().path, "rejects", "list", "--project", "shop", "--data-dir",
                    folder.data.path,
                ]
            )
            #expect(shown.output.contains(/^id  received +path +events  reason\R1   20/), "\(shown.output)")
        }

        @Test("a request that is refused for another reason than before is not lost", arguments: [true, false])
        func rotatedKeys(besideServer: Bool) async throws {
            let server = try await ServerProcess.start(in: folder)
            #expect(try await server.client(keys).send([SentEvent(userID: "bob", eventType: "Play")]).status == 400)
            if !besideServer { try await server.stop() }
            _ = try await antinode("project rotate-keys shop")
            // A server may believe the old keys for a moment.
            try await Task.sleep(for: .seconds(besideServer ? 1.5 : 0))
            let again = try await antinode("rejects replay --project shop")
            #expect(again.output.contains("still refused: {\"code\":400,\"error\":\"Invalid API key: "), "\(again)")
            #expect(try await antinode(Self.list).output.hasPrefix("1\t"))
            if besideServer { try await server.stop() }
        }
    }
}
