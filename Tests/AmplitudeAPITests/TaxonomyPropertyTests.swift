import EventModel
import Foundation
import Hummingbird
import HummingbirdTesting
import Storage
import Testing

@testable import AmplitudeAPI

private let received = """
    [{"user_id":"user-1","event_type":"Play","event_properties":{"color":"red"},"user_properties":{"plan":"pro"}}]
    """

@Suite struct TaxonomyPropertyTests: TaxonomyScript {
    /// The reply for a property that nothing was said about, but what `fields` say.
    private func property(
        _ kind: PlannedProperty.Kind,
        _ name: String,
        owner: String? = nil,
        _ fields: [String: String] = [:]
    ) -> String {
        func value(_ name: String, _ standard: String) -> String { "\"\(name)\":\(fields[name] ?? standard)" }
        var members: [String] = []
        let owner = owner.map { "\"\($0)\"" } ?? "null"
        switch kind {
        case .event: members = ["\"event_type\":\(owner)", "\"event_property\":\"\(name)\""]
        case .user: members = ["\"user_property\":\"\(name)\""]
        case .group: members = ["\"group_type\":\(owner)", "\"group_property\":\"\(name)\""]
        }
        members += [
            value("description", "\"\""), value("type", "\"any\""), value("enum_values", "null"),
            value("regex", "null"),
            value("is_array_type", "false"),
        ]
        if kind == .event { members.append(value("is_required", "false")) }
        members += [value("is_hidden", "false"), value("classifications", "[]")]
        if kind == .user { members.append(value("deleted", "false")) }
        return "{" + members.joined(separator: ",") + (fields["is_blocked"].map { ",\"is_blocked\":\($0)" } ?? "") + "}"
    }

    @Test("every setting comes back, of each kind", arguments: PlannedProperty.Kind.allCases)
    func settings(kind: PlannedProperty.Kind) async throws {
        let name = kind.prefix + "size"
        var fields = [
            "description": "\"Of \\\"it\\\"\"", "type": "\"enum\"", "enum_values": "[\"s\",\"m l\"]",
            "regex": "\"^[sml]\"",
            "is_array_type": "true", "is_hidden": "true", "classifications": "[\"PII\",\"REVENUE\"]",
            "is_blocked": "true",
        ]
        if kind == .event { fields["is_required"] = "true" }
        let form =
            "description=Of+%22it%22&type=enum&enum_values=s,+m+l&regex=%5E%5Bsml%5D&is_array_type=true&is_hidden=true"
            + "&classifications=pii,REVENUE&is_blocked=true" + (kind == .event ? "&is_required=true" : "")
        let path = kind.resource
        try await run(
            [
                Step(.post, path, "\(kind.field)=size&\(form)", 200, done),
                Step(.get, "\(path)/\(name)", 200, data(property(kind, name, fields))),
                Step(.get, "\(path)/size", 200, data(property(kind, name, fields))),
                Step(.get, "\(path)?\(kind.field)=\(name)", 200, data(property(kind, name, fields))),
                Step(.put, "\(path)/\(name)", "description=&is_blocked=false", 200, done),
                Step(
                    .get,
                    "\(path)/\(name)",
                    200,
                    data(
                        property(
                            kind,
                            name,
                            fields.merging(["description": "\"\""]) { $1 }.filter { $0.key != "is_blocked" }
                        )
                    )
                ),
                Step(
                    .put,
                    "\(path)/\(name)",
                    "\(kind.newNameField)=\(kind.prefix)width&type=any&enum_values=",
                    200,
                    done
                ),
                Step(.get, "\(path)/\(name)", 400, notFound),
                Step(.delete, "\(path)/width", 200, done),
                Step(.get, "\(path)/width", 400, notFound),
            ],
            on: TestServer()
        )
    }

    @Test(
        "a list has what was planned and what came, by name, and built-in ones last; names are the same with a prefix"
    )
    func lists() async throws {
        let builtIn = [
            "library", "amplitude_id", "event_id", "session_id", "user_id", "device_id", "location_lat", "location_lng",
            "server_upload_time", "_time",
        ].map { property(.user, $0) }.joined(separator: ",")
        try await run(
            [
                Step(.get, "event-property", 200, data("[\(property(.event, "color"))]")),
                Step(.get, "user-property", 200, data("[\(property(.user, "gp:plan")),\(builtIn)]")),
                Step(
                    .get,
                    "group-property",
                    200,
                    data("[\(property(.group, "group_id", ["description": "null"]))]")
                ),
                Step(.post, "user-property", "user_property=gp:gp:age&type=number", 200, done),
                Step(.get, "user-property/age", 200, data(property(.user, "gp:age", ["type": "\"number\""]))),
                Step(.post, "user-property", "user_property=age", 409),
                Step(.post, "group-property", "group_property=seats&group_type=company", 200, done),
                Step(
                    .get,
                    "group-property?group_type=company",
                    200,
                    data("[\(property(.group, "grp:seats", owner: "company"))]")
                ),
                Step(.get, "group-property/seats", 400, notFound),
                Step(
                    .get,
                    "group-property/seats?group_type=company",
                    200,
                    data(property(.group, "grp:seats", owner: "company"))
                ),
            ],
            on: TestServer(),
            after: received
        )
    }

    @Test("a property of one event type stands beside the shared one")
    func owners() async throws {
        let shared = property(.event, "color")
        let own = property(.event, "color", owner: "Play", ["is_required": "true"])
        try await run(
            [
                Step(.get, "event-property/color?event_type=Play", 400, notFound),
                Step(.post, "event-property", "event_property=color&event_type=Play&is_required=true", 200, done),
                Step(.get, "event-property", 200, data("[\(shared),\(own)]")),
                Step(.get, "event-property?event_type=Play", 200, data("[\(own)]")),
                Step(.get, "event-property?event_type=Stop", 200, data("[]")),
                Step(.get, "event-property/color", 200, data(shared)),
                Step(.get, "event-property/color?event_type=Play", 200, data(own)),
                Step(.delete, "event-property/color?event_type=Play", 200, done),
                Step(.get, "event-property", 200, data("[\(shared)]")),
                Step(.get, "event-property?showDeleted=true", 200, data("[\(shared),\(own)]")),
                Step(.post, "event-property/color/restore", "event_type=Play", 200, done),
                Step(.get, "event-property?event_type=Play", 200, data("[\(own)]")),
            ],
            on: TestServer(),
            after: received
        )
    }

    @Test("removed by where it stands, and restored; what contradicts that is a conflict")
    func states() async throws {
        let missing = failed("Attempted to operate on entity user_property, \"gp:age\", that does not exist.")
        try await run(
            [
                Step(.delete, "user-property/gp:age", 409, missing),
                Step(.put, "user-property/gp:age", "type=number", 409, missing),
                Step(.post, "user-property", "user_property=age", 200, done),
                Step(.delete, "user-property/age", 200, done),
                Step(.post, "user-property/age/restore", 409, notFound),
                Step(.delete, "user-property/plan", 200, done),
                Step(
                    .delete,
                    "user-property/plan",
                    409,
                    failed("Attempted to remove a property, \"plan\", that is already deleted.")
                ),
                Step(.put, "user-property/plan", "type=string", 409),
                Step(.get, "user-property/plan", 400, notFound),
                Step(
                    .get,
                    "user-property/plan?showDeleted=true",
                    200,
                    data(property(.user, "gp:plan", ["deleted": "true"]))
                ),
                Step(.post, "user-property/plan/restore", 200, done),
                Step(.put, "user-property/plan", "new_user_property_value=tier", 409),
                Step(.post, "user-property", "user_property=free", 200, done),
                Step(.put, "user-property/free", "new_user_property_value=plan", 409),
            ],
            on: TestServer(),
            after: received
        )
    }

    @Test(
        "mistakes are refused by name",
        arguments: [
            ("", "event_property is required"), ("event_property=", "event_property is required"),
            (
                "event_property=x&type=colour",
                "type must be one of any, string, number, boolean, enum, such as type=string"
            ),
            ("event_property=x&type=enum", "enum_values is required with type=enum, such as enum_values=red,green"),
            ("event_property=x&enum_values=a", "enum_values takes type=enum, such as type=enum&enum_values=red,green"),
            ("event_property=x&regex=%5B", "regex must be a regular expression, such as regex=^[A-Z]{2}$"),
            ("event_property=x&is_required=yes", "is_required must be true or false, such as is_required=true"),
            (
                "event_property=x&classifications=SECRET",
                "classifications must be some of PII, SENSITIVE, REVENUE, such as classifications=PII"
            ),
        ]
    )
    func mistakes(form: String, sentence: String) async throws {
        try await run(
            [
                Step(.post, "event-property", form, 400, failed(sentence)),
                Step(.get, "event-property", 200, data("[]")),
            ],
            on: TestServer()
        )
    }

    @Test(
        "of a deleted or blocked property no more values are stored, and all else stays; a restored one is stored again"
    )
    func dropped() async throws {
        let server = try TestServer()
        @Sendable func events(_ number: Int) -> String {
            """
            [{"user_id":"user-\(number)","event_type":"Play","event_properties":{"color":"red","size":\(number)},
              "user_properties":{"$set":{"plan":"pro","age":3},"$setOnce":{"plan":"x"}}},
             {"user_id":"user-\(number)","event_type":"Stop","event_properties":{"color":"red"},
              "user_properties":{"plan":"free","age":4}},
             {"user_id":"user-\(number)","event_type":"Buy","revenue":3,"event_properties":{"color":"blue"}}]
            """
        }
        try await run(
            [
                Step(.post, "event-property", "event_property=color&event_type=Play", 200, done),
                Step(.delete, "event-property/color?event_type=Play", 200, done),
                Step(.post, "event-property", "event_property=color&event_type=Play", 200, done),
                Step(.put, "event-property/color", "event_type=Play&is_blocked=true", 200, done),
                Step(.post, "user-property", "user_property=plan&is_blocked=true", 200, done),
            ],
            on: server
        )
        func stored() throws -> [String] { try server.storedEvents().map(\.eventProperties) }
        try await server.application.test(.router) { client in
            let status = try await client.post(events: events(1)).status
            #expect(status == 200)
        }
        let money = "{\"color\":\"blue\",\"$revenue\":3}"
        #expect(try stored() == ["{\"size\":1}", "{\"color\":\"red\"}", money])
        #expect(try server.storedEvents().map(\.revenue) == [nil, nil, 3])
        let ledger = try server.ledger()
        #expect((ledger.received, ledger.stored, ledger.rejected) == (3, 3, 0))
        try await server.application.test(.router) { client in
            let (_, user) = try await client.get("/api/2/useractivity?user=1")
            #expect(user.contains("\"properties\":{\"age\":4}"), "\(user)")
        }
        try await run(
            [
                Step(.put, "event-property/color", "event_type=Play&is_blocked=false", 200, done),
                Step(.put, "user-property/plan", "is_blocked=false", 200, done),
            ],
            on: server
        )
        try await server.application.test(.router) { client in
            let status = try await client.post(events: events(2)).status
            #expect(status == 200)
            let (_, user) = try await client.get("/api/2/useractivity?user=2")
            #expect(user.contains("\"properties\":{\"age\":4,\"plan\":\"free\"}"), "\(user)")
        }
        #expect(try stored().suffix(3) == ["{\"color\":\"red\",\"size\":2}", "{\"color\":\"red\"}", money])
    }
}
