import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import Storage
import Testing

@testable import AmplitudeAPI

extension TestClientProtocol {
    /// Sends a request with both keys.
    @discardableResult
    func request(
        _ method: HTTPRequest.Method,
        _ uri: String,
        _ body: String = "",
        authorization: String? = TestServer.credentials
    ) async throws -> (status: Int, body: String) {
        var headers: HTTPFields = [:]
        headers[.authorization] = authorization
        return try await execute(uri: uri, method: method, headers: headers, body: ByteBuffer(string: body)) {
            ($0.status.code, String(buffer: $0.body))
        }
    }
}

/// The reply for a type that nothing was said about, but what `fields` say.
private func event(_ type: String, _ fields: [String: String] = [:]) -> String {
    func value(_ name: String, _ standard: String) -> String { "\"\(name)\":\(fields[name] ?? standard)" }
    let members = [
        "\"event_type\":\"\(type)\"", value("category", "null"), value("description", "null"),
        value("display_name", "null"), value("is_active", "true"), value("is_hidden_from_dropdowns", "false"),
        value("is_hidden_from_persona_results", "false"), value("is_hidden_from_pathfinder", "false"),
        value("is_hidden_from_timeline", "false"), value("tags", "[]"), value("owner", "null"),
        value("deleted", "false"),
    ]
    return "{" + members.joined(separator: ",") + (fields["is_blocked"].map { ",\"is_blocked\":\($0)" } ?? "") + "}"
}

@Suite struct TaxonomyCategoryTests: TaxonomyScript {
    @Test("made, found, renamed, removed")
    func life() async throws {
        let gone = "Attempted to operate on entity event_category, id \"1\", that does not exist."
        try await run(
            [
                Step(.get, "category", 200, data("[]")),
                Step(.post, "category", "category_name=On+boarding", 200, done),
                Step(.post, "category", "category_name=Sales%2FA%C3%A9", 200, done),
                Step(
                    .get,
                    "category",
                    200,
                    data("[{\"id\":1,\"name\":\"On boarding\"},{\"id\":2,\"name\":\"Sales/Aé\"}]")
                ),
                Step(.get, "category/On%20boarding", 200, data("{\"id\":1,\"name\":\"On boarding\"}")),
                Step(.get, "category/Sales%2FA%C3%A9", 200, data("{\"id\":2,\"name\":\"Sales/Aé\"}")),
                Step(.get, "category/sales", 400, notFound),
                Step(.get, "category/1", 400, notFound),
                Step(.put, "category/1", "category_name=Start", 200, done),
                Step(.put, "category/1", "category_name=Start", 200, done),
                Step(.get, "category/Start", 200, data("{\"id\":1,\"name\":\"Start\"}")),
                Step(.delete, "category/1", 200, done),
                Step(.delete, "category/1", 409, failed(gone)),
                Step(.put, "category/1", "category_name=Start", 409, failed(gone)),
                Step(.delete, "category/2", 200, done),
                // A number is never given twice.
                Step(.post, "category", "category_name=Start", 200, done),
                Step(.get, "category", 200, data("[{\"id\":3,\"name\":\"Start\"}]")),
            ],
            on: TestServer()
        )
    }

    @Test("mistakes")
    func mistakes() async throws {
        try await run(
            [
                Step(.post, "category", 400, failed("category_name is required")),
                Step(.post, "category", "category_name=", 400, failed("category_name is required")),
                Step(
                    .post,
                    "category",
                    "category_name=" + String(repeating: "x", count: 1025),
                    400,
                    failed("category_name must have 1 to 1024 characters")
                ),
                Step(.post, "category", "category_name=A", 200, done),
                Step(.post, "category", "category_name=B", 200, done),
                Step(
                    .post,
                    "category",
                    "category_name=A",
                    409,
                    failed("Attempted to add an event category, \"A\", that already exists.")
                ),
                Step(
                    .put,
                    "category/2",
                    "category_name=A",
                    409,
                    failed("Attempted to add an event category, \"A\", that already exists.")
                ),
                Step(
                    .put,
                    "category/A",
                    "category_name=C",
                    409,
                    failed("Attempted to operate on entity event_category, id \"A\", that does not exist.")
                ),
                Step(
                    .post,
                    "category",
                    "category_name=" + String(repeating: "x", count: 70_000),
                    413,
                    failed("The form must be readable, and have 65536 bytes at most.")
                ),
                Step(.get, "category", 200, data("[{\"id\":1,\"name\":\"A\"},{\"id\":2,\"name\":\"B\"}]")),
            ],
            on: TestServer()
        )
    }

    @Test("the types of a category that is gone are in none; those of a renamed one follow")
    func types() async throws {
        try await run(
            [
                Step(.post, "category", "category_name=A", 200, done),
                Step(.post, "event", "event_type=Play&category=A", 200, done),
                Step(.put, "category/1", "category_name=B", 200, done),
                Step(.get, "event/Play", 200, data(event("Play", ["category": "{\"name\":\"B\"}"]))),
                Step(.delete, "category/1", 200, done),
                Step(.get, "event/Play", 200, data(event("Play"))),
            ],
            on: TestServer()
        )
    }
}

private let received = """
    [{"user_id":"user-1","event_type":"Play","time":1709208000000},
     {"user_id":"user-1","event_type":"a/b c+d é","time":1709208000001},
     {"user_id":"user-1","event_type":"$identify","user_properties":{"$set":{"a":1}}}]
    """

@Suite struct TaxonomyEventTests: TaxonomyScript {
    @Test("every setting comes back")
    func settings() async throws {
        let all = event(
            "Play",
            [
                "category": "{\"name\":\"A\"}", "description": "\"It \\\"plays\\\"\"", "display_name": "\"Played\"",
                "is_active": "false", "is_hidden_from_dropdowns": "true", "is_hidden_from_persona_results": "true",
                "is_hidden_from_pathfinder": "true", "is_hidden_from_timeline": "true", "tags": "[\"x\",\"y z\"]",
                "owner": "\"ann@example.com\"", "is_blocked": "true",
            ]
        )
        try await run(
            [
                Step(.post, "category", "category_name=A", 200, done),
                Step(
                    .put,
                    "event/Play",
                    "category=A&description=It+%22plays%22&display_name=Played&is_active=false"
                        + "&is_hidden_from_dropdowns=true&is_hidden_from_persona_results=True"
                        + "&is_hidden_from_pathfinder=true&is_hidden_from_timeline=true&tags=x,+y+z+,,"
                        + "&owner=ann%40example.com&is_blocked=true",
                    200,
                    done
                ),
                Step(.get, "event/Play", 200, data(all)),
                // What a write does not name stays; an empty text takes away.
                Step(.put, "event/Play", "is_blocked=false&description=&category=&tags=&owner=", 200, done),
                Step(
                    .get,
                    "event/Play",
                    200,
                    data(
                        event(
                            "Play",
                            [
                                "display_name": "\"Played\"", "is_active": "false", "is_hidden_from_dropdowns": "true",
                                "is_hidden_from_persona_results": "true", "is_hidden_from_pathfinder": "true",
                                "is_hidden_from_timeline": "true",
                            ]
                        )
                    )
                ),
            ],
            on: TestServer(),
            after: received
        )
    }

    @Test("all types that were received or planned, by name; identifies are none")
    func list() async throws {
        try await run(
            [
                Step(.post, "event", "event_type=Buy", 200, done),
                Step(.get, "event", 200, data("[\(event("Buy")),\(event("Play")),\(event("a/b c+d é"))]")),
                Step(.get, "event/a%2Fb%20c+d%20%C3%A9", 200, data(event("a/b c+d é"))),
                Step(.get, "event/$identify", 400, notFound),
                Step(.get, "event/play", 400, notFound),
                Step(.delete, "event/Play", 200, done),
                Step(.get, "event", 200, data("[\(event("Buy")),\(event("a/b c+d é"))]")),
                Step(.get, "event/Play", 400, notFound),
                Step(.get, "event/Play?showDeleted=true", 200, data(event("Play", ["deleted": "true"]))),
                Step(
                    .get,
                    "event?showDeleted=true",
                    200,
                    data("[\(event("Buy")),\(event("Play", ["deleted": "true"])),\(event("a/b c+d é"))]")
                ),
            ],
            on: TestServer(),
            after: received
        )
    }

    @Test("removed by where it stands: live and unexpected are marked, planned is forgotten; only the marked come back")
    func deletion() async throws {
        let unknown = "Attempted to operate on entity event_type, \"Buy\", that does not exist."
        try await run(
            [
                // Unexpected: received, but nobody planned it.
                Step(.delete, "event/Play", 200, done),
                Step(
                    .delete,
                    "event/Play",
                    409,
                    failed("Attempted to remove an event, \"Play\", that is already deleted.")
                ),
                Step(
                    .put,
                    "event/Play",
                    "description=x",
                    409,
                    failed("Attempted to operate on entity event_type, \"Play\", that does not exist.")
                ),
                Step(
                    .post,
                    "event",
                    "event_type=Play",
                    409,
                    failed("Attempted to add an event, \"Play\", that already exists.")
                ),
                Step(.post, "event/Play/restore", 200, done),
                Step(.post, "event/Play/restore", 409, notFound),
                // Live: received, and in the plan.
                Step(.put, "event/Play", "description=x", 200, done),
                Step(.delete, "event/Play", 200, done),
                Step(.post, "event/Play/restore", 200, done),
                Step(.get, "event/Play", 200, data(event("Play", ["description": "\"x\""]))),
                // Planned.
                Step(.delete, "event/Buy", 409, failed(unknown)),
                Step(.post, "event", "event_type=Buy", 200, done),
                Step(.delete, "event/Buy", 200, done),
                Step(.post, "event/Buy/restore", 409, notFound),
                Step(.get, "event/Buy?showDeleted=true", 400, notFound),
                Step(.delete, "event/$identify", 409),
            ],
            on: TestServer(),
            after: received
        )
    }

    @Test("a planned type may be renamed, a received one may be shown under another name")
    func names() async throws {
        try await run(
            [
                Step(.post, "event", "event_type=Buy&description=x", 200, done),
                Step(.put, "event/Buy", "new_event_type=Purchase&owner=ann", 200, done),
                Step(.get, "event/Buy", 400, notFound),
                Step(
                    .get,
                    "event/Purchase",
                    200,
                    data(event("Purchase", ["description": "\"x\"", "owner": "\"ann\""]))
                ),
                Step(
                    .put,
                    "event/Purchase",
                    "new_event_type=Play",
                    409,
                    failed("Attempted to add an event, \"Play\", that already exists.")
                ),
                Step(.put, "event/Purchase", "new_event_type=$identify", 409),
                Step(.put, "event/Purchase", "new_event_type=", 400),
                Step(
                    .put,
                    "event/Purchase",
                    "display_name=Sale",
                    409,
                    failed(
                        "Attempted to change the event display name for event \"Purchase\","
                            + " but the event is not in schema."
                    )
                ),
                Step(
                    .put,
                    "event/Play",
                    "new_event_type=Listen",
                    409,
                    failed(
                        "Attempted to rename an event, \"Play\", that was already received; set its display_name instead."
                    )
                ),
                Step(.put, "event/Play", "new_event_type=Play&display_name=Listen", 200, done),
            ],
            on: TestServer(),
            after: received
        )
    }

    @Test("a type that came in unplanned can be planned, once")
    func creation() async throws {
        try await run(
            [
                Step(.post, "event", "event_type=Play&description=x&is_active=false", 200, done),
                Step(
                    .get,
                    "event/Play",
                    200,
                    data(event("Play", ["description": "\"x\"", "is_active": "false"]))
                ),
                Step(
                    .post,
                    "event",
                    "event_type=Play",
                    409,
                    failed("Attempted to add an event, \"Play\", that already exists.")
                ),
                Step(.post, "event", "description=x", 400, failed("event_type is required")),
                Step(.post, "event", "event_type=$identify", 409),
                Step(
                    .post,
                    "event",
                    "event_type=Buy&category=None",
                    409,
                    failed("Attempted to operate on entity event_category, \"None\", that does not exist.")
                ),
                Step(
                    .post,
                    "event",
                    "event_type=Buy&is_active=yes",
                    400,
                    failed("is_active must be true or false, such as is_active=true")
                ),
                Step(
                    .post,
                    "event",
                    "event_type=Buy&owner=" + String(repeating: "x", count: 1025),
                    400,
                    failed("owner must have 1024 characters at most")
                ),
                Step(.get, "event/Buy", 400, notFound),
            ],
            on: TestServer(),
            after: received
        )
    }

    @Test("only both keys open the door", arguments: [HTTPRequest.Method.get, .post])
    func authorization(method: HTTPRequest.Method) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            for header in [nil, "Bearer \(TestServer.apiKey)"] {
                for path in ["category", "event"] {
                    let (status, body) = try await client.request(
                        method,
                        "/api/2/taxonomy/\(path)",
                        "category_name=A&event_type=A",
                        authorization: header
                    )
                    #expect(status == 401)
                    #expect(body.hasPrefix("{\"success\":false,\"errors\":[{\"message\":\"Wrong or missing keys"))
                }
            }
        }
    }
}

@Suite struct DroppedEventTests: TaxonomyScript {
    @Test(
        "events of a deleted or blocked type are dropped with a 200, and stand in the ledger as rejected",
        arguments: [
            (HTTPRequest.Method.delete, "", HTTPRequest.Method.post, "/restore", ""),
            (.put, "is_blocked=true", .put, "", "is_blocked=false"),
        ]
    )
    func dropped(
        stop: HTTPRequest.Method,
        stopForm: String,
        start: HTTPRequest.Method,
        startPath: String,
        startForm: String
    ) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            func play(_ id: String) -> String {
                "{\"user_id\":\"user-1\",\"event_type\":\"Play\",\"insert_id\":\"\(id)\",\"time\":1709208000000}"
            }
            let stopped = "{\"user_id\":\"new user\",\"event_type\":\"Stop\",\"time\":1709208000000}"
            #expect(try await client.post(events: "[\(play("a"))]").status == 200)
            #expect(try await client.request(stop, "/api/2/taxonomy/event/Play", stopForm).status == 200)

            let answer = try await client.post(events: "[\(play("a")),\(play("b")),\(stopped)]")
            #expect(answer.status == 200)
            #expect(answer.body.contains("\"events_ingested\":3"))
            var ledger = try server.ledger()
            #expect(ledger.received == 4 && ledger.stored == 2 && ledger.duplicate == 0 && ledger.rejected == 2)

            let path = "/api/2/taxonomy/event/Play\(startPath)"
            #expect(try await client.request(start, path, startForm).status == 200)
            // What was dropped was not remembered: sent again it is new.
            #expect(try await client.post(events: "[\(play("a")),\(play("b"))]").status == 200)
            ledger = try server.ledger()
            #expect(ledger.received == 6 && ledger.stored == 3 && ledger.duplicate == 1 && ledger.rejected == 2)
            #expect(ledger.balances)
            let (_, body) = try await client.segmentation(
                [("start", "20240228"), ("end", "20240301"), ("e", "{\"event_type\":\"Play\"}"), ("m", "totals")]
            )
            #expect(body.contains("\"series\":[[0,2,0]]"))
        }
    }

    @Test("a dropped event makes no user and no device")
    func noTrace() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.request(.post, "/api/2/taxonomy/event", "event_type=Play&is_blocked=true")
            try await client.post(
                events: "[{\"user_id\":\"user-1\",\"device_id\":\"device-1\",\"event_type\":\"Play\"}]"
            )
            #expect(try server.user(withID: "user-1") == nil)
        }
    }
}

@Suite struct CustomEventTests: TaxonomyScript {
    private static let checkout = """
        {"name":"Checkout","events":[{"event_type":"Buy","filters":[{"subprop_type":"event","subprop_key":"genre",\
        "subprop_op":"is","subprop_value":["jazz",null,3]}]},{"event_type":"Pay"}]}
        """
    private static let kept = """
        {"name":"Checkout","events":[{"event_type":"Buy","filters":[{"subprop_type":"event","subprop_key":"genre",\
        "subprop_op":"is","subprop_value":["jazz",null,3]}]},{"event_type":"Pay","filters":[]}]}
        """

    @Test("saved, listed, replaced, removed")
    func life() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let path = "/api/v1/custom-events"
            let none = try await client.request(.get, path)
            #expect(none == (200, "{\"data\":[]}"))
            #expect(
                try await client.request(.put, "\(path)/Checkout", Self.checkout) == (200, "{\"data\":\(Self.kept)}")
            )
            #expect(try await client.request(.get, "\(path)/Checkout") == (200, "{\"data\":\(Self.kept)}"))
            let other = "{\"events\":[{\"event_type\":\"A\",\"filters\":null}]}"
            let otherKept = "{\"name\":\"A/é\",\"events\":[{\"event_type\":\"A\",\"filters\":[]}]}"
            #expect(try await client.request(.put, "\(path)/A%2F%C3%A9", other) == (200, "{\"data\":\(otherKept)}"))
            #expect(try await client.request(.get, path) == (200, "{\"data\":[\(otherKept),\(Self.kept)]}"))
            #expect(try await client.request(.put, "\(path)/Checkout", other).status == 200)
            let replaced = otherKept.replacing("A/é", with: "Checkout")
            #expect(try await client.request(.get, "\(path)/Checkout") == (200, "{\"data\":\(replaced)}"))
            #expect(try await client.request(.delete, "\(path)/Checkout") == (204, ""))
            let gone = "{\"error\":\"NOT_FOUND\",\"message\":\"There is no custom event \\\"Checkout\\\".\"}"
            #expect(try await client.request(.get, "\(path)/Checkout") == (404, gone))
            #expect(try await client.request(.delete, "\(path)/Checkout") == (404, gone))
            #expect(try await client.request(.get, path) == (200, "{\"data\":[\(otherKept)]}"))
        }
    }

    @Test(
        "mistakes",
        arguments: [
            ("", 400, "BAD_REQUEST"), ("{", 400, "BAD_REQUEST"), ("[]", 422, "events must be a list"),
            ("{}", 422, "events must be a list"), ("{\"events\":[]}", 422, "events must be a list"),
            ("{\"events\":{}}", 422, "events must be a list"), ("{\"events\":[1]}", 422, "events[0] must be"),
            ("{\"events\":[{\"event_type\":\"A\"},{}]}", 422, "events[1] must be"),
            ("{\"events\":[{\"event_type\":\"A\",\"filters\":[{}]}]}", 422, "each filter in events[0] needs"),
            (
                "{\"name\":\"B\",\"events\":[{\"event_type\":\"A\"}]}", 422,
                "name must be the one in the path, \\\"A\\\""
            ),
            ("{\"events\":[{\"event_type\":\"ce:B\"}]}", 422, "events[0] cannot be a custom event"),
            (
                "{\"events\":[{\"event_type\":\"A\",\"group_by\":[{\"type\":\"event\",\"value\":\"g\"}]}]}", 422,
                "events[0] cannot have a"
            ),
        ]
    )
    func mistakes(body: String, status: Int, part: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let answer = try await client.request(.put, "/api/v1/custom-events/A", body)
            #expect(answer.status == status)
            #expect(answer.body.contains(part), "\(answer.body)")
            #expect(try await client.request(.get, "/api/v1/custom-events/A").status == 404)
            let refused = try await client.request(.put, "/api/v1/custom-events/A", body, authorization: nil)
            #expect(refused.status == 401)
        }
    }
}

@Suite("names with a U+0000 (Documentation/taxonomy.md X7)") struct ZeroCharacterNameTests: TaxonomyScript {
    @Test("are refused, and the names without it are free")
    func names() async throws {
        try await run(
            [
                Step(.post, "category", "category_name=cat%00x", 400),
                Step(.post, "category", "category_name=cat", 200, done),
                Step(.put, "category/1", "category_name=dog%00", 400),
                Step(.get, "category", 200, "{\"success\":true,\"data\":[{\"id\":1,\"name\":\"cat\"}]}"),
                Step(.post, "event", "event_type=taxe%00x", 400),
                Step(.post, "event", "event_type=taxe", 200, done),
                Step(.put, "event/taxe", "new_event_type=tax%00", 400),
                Step(.put, "event/taxe%00x", "owner=ann", 409),
                Step(.delete, "event/taxe%00x", 409),
                Step(.put, "event/taxe", "description=a%00b", 200, done),
            ],
            on: TestServer()
        )
    }

    @Test("of custom events, too")
    func customEvents() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let body = "{\"events\":[{\"event_type\":\"Buy\"}]}"
            let path = "/api/v1/custom-events/"
            for (method, name, status) in [(.put, "A%00x", 400), (.put, "A", 200), (.get, "A%00x", 404)]
                as [(HTTPRequest.Method, String, Int)]
            {
                let (found, _) = try await client.request(method, path + name, body)
                #expect(found == status, "\(method) \(name)")
            }
        }
    }
}
