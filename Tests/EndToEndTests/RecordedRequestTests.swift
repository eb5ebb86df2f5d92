import Foundation
import Testing

extension EndToEnd {
    /// `Requests/*.http` is what each of Amplitude's SDKs sends, `Requests/*.json` what is stored of it.
    @Suite("Requests as the SDKs write them")
    struct RecordedRequestTests {
        /// A question of `events/segmentation`, and its answer by group.
        struct Question {
            var e: String
            var m = "totals"
            var answer: [String: Int]
            /// `nil` is yesterday to tomorrow: the requests are years old, but those that say when they were sent show that
            /// their clock is wrong, and their events are of today.
            var days: String?
        }

        struct Client: CustomTestStringConvertible {
            var name: String
            var questions: [Question]
            /// By `type/value`.
            var groups: [String: String] = [:]

            var testDescription: String { name }
        }

        private static func by(_ event: String, _ kind: String, _ property: String) -> String {
            #"{"event_type":"\#(event)","group_by":[{"type":"\#(kind)","value":"\#(property)"}]}"#
        }

        static let clients = [
            Client(
                name: "browser",
                questions: [
                    // Neither identifies nor what was sent twice count, and the login made nobody new.
                    Question(e: #"{"event_type":"_all"}"#, answer: ["0": 7]),
                    Question(e: #"{"event_type":"_all"}"#, m: "uniques", answer: ["0": 1]),
                    Question(
                        e: by("[Amplitude] Page Viewed", "user", "gp:utm_source"),
                        answer: ["newsletter": 1, "(none)": 1]
                    ),
                    Question(
                        e: by("[Amplitude] Page Viewed", "user", "gp:initial_utm_source"),
                        answer: ["newsletter": 2]
                    ),
                    Question(e: by("[Amplitude] Page Viewed", "user", "gp:initial_gclid"), answer: ["EMPTY": 2]),
                    Question(e: by("[Amplitude] Page Viewed", "user", "gp:gclid"), answer: ["Cj0K": 1, "(none)": 1]),
                    Question(
                        e: by("[Amplitude] Element Clicked", "event", "[Amplitude] Element Text"),
                        answer: ["Buy": 1]
                    ),
                    Question(e: by("session_start", "user", "platform"), answer: ["Web": 2]),
                    Question(e: by("session_end", "user", "paying"), answer: ["true": 1]),
                    Question(e: by("session_end", "user", "gp:org"), answer: ["Acme": 1]),
                    Question(e: by("session_end", "user", "language"), answer: ["English": 1]),
                ],
                groups: ["org/Acme": #"{"plan":"team","seats":12}"#]
            ),
            Client(
                name: "browser-xhr",
                questions: [
                    Question(e: by("[Amplitude] Form Submitted", "user", "version"), answer: ["3.1.4": 1]),
                    Question(e: by("Save", "event", "tags"), answer: ["a": 1, "b": 1]),
                    Question(e: by("Save", "user", "os"), answer: ["Chrome 119.0.0.0": 1]),
                ]
            ),
            Client(
                name: "node",
                questions: [
                    Question(e: by("Report Built", "user", "gp:tier"), answer: ["gold": 1, "(none)": 1]),
                    Question(e: by("Report Built", "user", "country"), answer: ["Germany": 2]),
                    Question(
                        e: by("Job Done", "user", "library"),
                        answer: ["amplitude-node/1.10.2": 1],
                        days: "20240301-20240301"
                    ),
                    Question(e: #"{"event_type":"_all"}"#, m: "uniques", answer: ["0": 1]),
                ]
            ),
            Client(
                name: "swift",
                questions: [
                    Question(e: #"{"event_type":"_all"}"#, m: "uniques", answer: ["0": 1]),
                    Question(
                        e: by("[Amplitude] Screen Viewed", "event", "[Amplitude] Screen Name"),
                        answer: ["Réglages": 1]
                    ),
                    Question(e: by("[Amplitude] Screen Viewed", "user", "gp:seen"), answer: ["intro": 1]),
                    Question(e: by("session_start", "user", "version"), answer: ["2.0.1": 1]),
                    Question(e: by("[Amplitude] Application Installed", "user", "language"), answer: ["French": 1]),
                ]
            ),
            Client(
                name: "kotlin",
                questions: [
                    Question(e: #"{"event_type":"_all"}"#, answer: ["0": 5]),
                    Question(e: by("session_end", "user", "gp:team"), answer: ["red": 1, "blue": 1]),
                    Question(e: by("[Amplitude] Application Opened", "user", "carrier"), answer: ["T-Mobile": 1]),
                ],
                groups: ["team/red": #"{"size":4}"#]
            ),
            Client(
                name: "legacy-javascript",
                questions: [
                    Question(e: by("Página vista", "event", "query"), answer: [#"a+b & 100% "ñ""#: 1]),
                    Question(e: by("Página vista", "user", "gp:initial_utm_source"), answer: ["ads": 1]),
                    Question(e: by("Página vista", "user", "library"), answer: ["amplitude-js/8.21.9": 1]),
                    Question(e: by("_all", "user", "paying"), answer: ["true": 1, "(none)": 1]),
                ]
            ),
            Client(
                name: "legacy-android",
                questions: [
                    Question(e: by("Level Done", "user", "gp:themes"), answer: ["dark": 1]),
                    Question(e: by("Level Done", "user", "gp:launches"), answer: ["1": 1]),
                    Question(e: #"{"event_type":"_all"}"#, m: "uniques", answer: ["0": 1]),
                    Question(e: by("session_end", "user", "os"), answer: ["android 11": 1]),
                ]
            ),
        ]

        @Test("what is stored is what was meant, also when it is sent twice", arguments: clients)
        func stored(client: Client) async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("shop")
            let server = try await ServerProcess.start(in: folder)
            let requests = try RecordedRequest.all(in: client.name)
            for request in requests + requests {
                Self.expectTaken(try await request.send(to: server, keys), request)
            }

            let project = server.client(keys)
            for question in client.questions {
                let chart = try await project.chart(
                    question.e,
                    m: question.m,
                    days: question.days ?? Self.daysAround(.now)
                )
                #expect(chart.collapsedGroups == question.answer, "\(question.e) \(question.m)")
            }
            let count = requests.reduce(0) { $0 + $1.eventCount }
            #expect(try await project.ledger() == Ledger(received: 2 * count, stored: count, duplicate: count))
            try await server.stop()

            let events = try StoredEvents(in: folder, project: keys.id)
            #expect(try events.count() == count)
            #expect(try events.wronglyTimed() == [])
            try Self.expectStored(try events.json(), client.name)
            let groups = try await folder.groupProperties(project: keys.id)
            #expect(groups.filter { $0.value != "{}" } == client.groups)
        }

        private static func expectTaken(_ answer: RecordedRequest.Answer, _ request: RecordedRequest) {
            if request.isPreflight {
                #expect(answer.status == 204)
                let asked = request["Access-Control-Request-Headers"]
                #expect(answer.headers["access-control-allow-headers"] == asked)
                #expect(answer.headers["access-control-allow-methods"]?.contains("POST") == true)
            } else if request.isForm {
                #expect(answer.status == 200 && answer.body == "success", "\(answer)")
            } else {
                #expect(answer.status == 200, "\(answer)")
                // The clients look for this in the body.
                let taken = #"{"code":200,"events_ingested":\#(request.eventCount),"payload_size_bytes":"#
                #expect(answer.body.hasPrefix(taken), "\(answer)")
            }
            if request["Origin"] != nil { #expect(answer.headers["access-control-allow-origin"] == "*") }
        }

        private static func daysAround(_ date: Date) -> String {
            let day = Date.ISO8601FormatStyle().year().month().day().dateSeparator(.omitted)
            return [-86_400.0, 86_400].map { date.addingTimeInterval($0).formatted(day) }.joined(separator: "-")
        }

        /// `UPDATE_GOLDEN=1` writes the file instead; the difference is then read before it is committed.
        private static func expectStored(_ json: String, _ name: String) throws {
            let file = Tools.sources.appending(path: "Requests/\(name).json")
            let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
            let options: JSONSerialization.WritingOptions = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            let text = String(
                decoding: try JSONSerialization.data(withJSONObject: value, options: options),
                as: UTF8.self
            )
            if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
                try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
            }
            #expect(try text + "\n" == String(contentsOf: file, encoding: .utf8), "\(name)")
        }
    }
}

extension TestFolder {
    /// What the project's record says of its groups, by `type/value`.
    fileprivate func groupProperties(project: Int) async throws -> [String: String] {
        let file = data.appending(path: "projects/\(project)/project.sqlite").path
        let script = "import json,sqlite3,sys; rows=sqlite3.connect(sys.argv[1]).execute('SELECT * FROM groups');"
        let printed = try await bash(
            "python3 -c \"\(script) print(json.dumps({a+'/'+b:c for a,b,c in rows}))\" '\(file)'"
        )
        return try JSONDecoder().decode([String: String].self, from: Data(printed.output.utf8))
    }
}
