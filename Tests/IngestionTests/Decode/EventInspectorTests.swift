import EventModel
import Testing

@testable import Ingestion

private let good = "{\"user_id\":\"good-user\",\"event_type\":\"Good\"}"

/// The refusal of a good event and another one; `nil` if both are taken.
private func refusal(_ second: String, form: EventForm? = nil) -> RequestRefusal? {
    let events = "[\(good),\(second)]"
    do {
        if let form {
            _ = try RequestDecoder.events(inForm: events, form)
        } else {
            _ = try RequestDecoder.decode(Array("{\"api_key\":\"key\",\"events\":\(events)}".utf8)).events.get()
        }
        return nil
    } catch {
        return error
    }
}

/// The one invalid field of the second event; what else is wrong makes it another text.
private func invalidField(_ fields: String, form: EventForm? = nil) -> String? {
    let event = "{\"event_type\":\"A\",\"user_id\":\"user-1\"\(fields.isEmpty ? "" : ",")\(fields)}"
    guard let refusal = refusal(event, form: form) else { return nil }
    guard refusal.missingFields.isEmpty, refusal.invalidFields.count == 1, let field = refusal.invalidFields.first,
        field.value == [1]
    else { return "\(refusal)" }
    return field.key
}

@Suite("what no store can hold (Documentation/events-and-identity.md E14)") struct EventInspectorTests {
    @Test(
        "U+0000 in an id or a name, on whatever level, makes the event invalid",
        arguments: [
            ("\"user_id\":\"ann@x.example\\u0000\"", "user_id"), ("\"user_id\":\"\\u0000\"", "user_id"),
            ("\"device_id\":\"device-1\\u0000x\"", "device_id"), ("\"event_type\":\"Purchase\\u0000x\"", "event_type"),
            ("\"insert_id\":\"i\\u0000\"", "insert_id"),
            ("\"event_properties\":{\"price\\u0000x\":1}", "event_properties"),
            ("\"event_properties\":{\"\\u0000\":\"x\"}", "event_properties"),
            ("\"event_properties\":{\"a\":[1,{\"b\\u0000\":1}]}", "event_properties"),
            ("\"user_properties\":{\"plan\\u0000x\":1}", "user_properties"),
            ("\"user_properties\":{\"$set\":{\"plan\\u0000\":1}}", "user_properties"),
            ("\"user_properties\":{\"$unset\":{\"plan\\u0000\":\"-\"}}", "user_properties"),
            ("\"user_properties\":{\"$set\":{\"a\":{\"b\\u0000\":1}}}", "user_properties"),
            ("\"groups\":{\"org\\u0000x\":\"acme\"}", "groups"), ("\"groups\":{\"org\":\"ac\\u0000me\"}", "groups"),
            ("\"groups\":{\"org\":[\"acme\",\"\\u0000\"]}", "groups"),
            ("\"group_properties\":{\"$set\":{\"a\\u0000\":1}}", "group_properties"),
            ("\"plan\":{\"branch\\u0000\":1}", "plan"), ("\"own\\u0000key\":1", "own\u{0}key"),
        ]
    )
    func zeroInNames(fields: String, field: String) {
        #expect(invalidField(fields) == field)
    }

    @Test("the forms know it, too")
    func zeroInForms() throws {
        #expect(
            invalidField("\"user_properties\":{\"$set\":{\"a\\u0000\":1}}", form: .identification) == "user_properties"
        )
        #expect(invalidField("\"uuid\":\"\\u0000\"", form: .legacy) == "uuid")
        #expect(invalidField("\"uuid\":\"\\u0000\"") == nil, "a key without a meaning, and its value")
        for fields in [
            "\"group_type\":\"o\\u0000\",\"group_value\":\"a\"", "\"group_type\":\"o\",\"group_value\":\"\\u0000\"",
        ] {
            let refusal = #expect(throws: RequestRefusal.self) {
                try RequestDecoder.events(inForm: "{\(fields)}", .groupIdentification)
            }
            #expect(refusal?.invalidFields.values.first == [0])
        }
        let mapping = #expect(throws: RequestRefusal.self) {
            let good = "{\"user_id\":\"a\",\"global_user_id\":\"b\"}"
            return try RequestDecoder.mappings(
                inForm: "[\(good),{\"user_id\":\"a\",\"global_user_id\":\"b\\u0000\"}]",
                most: 9
            )
        }
        #expect(mapping?.invalidFields == ["global_user_id": [1]])
    }

    @Test("a value may hold it, and keeps it whole")
    func zeroInValues() throws {
        let event = try #require(
            try decoded(
                "{\"user_id\":\"user-1\",\"event_type\":\"A\",\"platform\":\"i\\u0000OS\",\"plan\":\"\\u0000\","
                    + "\"event_properties\":{\"note\":\"a\\u0000b\",\"l\":[\"\\u0000\"]},\"user_properties\":{\"n\":\"\\u0000\"}}"
            ).readEvents.first
        )
        #expect(event.eventProperties == "{\"note\":\"a\\u0000b\",\"l\":[\"\\u0000\"]}")
        #expect(event.context[.platform] == "i\u{0}OS")
        #expect(event.userProperties.first?.value.label == "\u{0}")
        #expect(event.extras == "{\"plan\":\"\\u0000\"}")
    }

    @Test(
        "a number beyond a double makes the event invalid",
        arguments: [
            ("\"event_properties\":{\"n\":1e400}", "event_properties"),
            ("\"event_properties\":{\"l\":[1,[{\"n\":-1E+999}]]}", "event_properties"),
            ("\"user_properties\":{\"n\":-1e400}", "user_properties"),
            ("\"user_properties\":{\"$add\":{\"n\":1e400}}", "user_properties"),
            ("\"session_id\":1e400", "session_id"), ("\"time\":1e400", "time"), ("\"price\":1e400", "price"),
            ("\"user_id\":1e400", "user_id"), ("\"insert_id\":-1e400", "insert_id"), ("\"platform\":1e400", "platform"),
            ("\"groups\":{\"org\":1e400}", "groups"), ("\"plan\":[1e400]", "plan"),
            ("\"event_type\":1e400", "event_type"),
        ]
    )
    func beyondDouble(fields: String, field: String) {
        #expect(invalidField(fields) == field)
    }

    @Test("numbers that a double can hold, however they are written, are fine")
    func withinDouble() throws {
        #expect(invalidField("\"event_properties\":{\"a\":1e308,\"b\":1e-400,\"c\":18446744073709551616}") == nil)
        #expect(
            refusal("{\"user_id\":\"user-1\",\"event_type\":\"A\",\"event_properties\":{\"n\":NaN}}") == .invalidJSON
        )
    }

    @Test("all events that are invalid are named, whatever the reason")
    func indexes() throws {
        let refusal = #expect(throws: RequestRefusal.self) {
            try RequestDecoder.decode(
                Array(
                    """
                    {"api_key":"key","events":[{"event_type":"A"},{"user_id":"user-1","event_type":"A\\u0000"},\(good),
                     {"user_id":"user-1\\u0000","event_type":"A","event_properties":{"n":1e400}}]}
                    """.utf8
                )
            ).events.get()
        }
        #expect(refusal?.missingFields == ["user_id": [0]])
        #expect(refusal?.invalidFields == ["event_type": [1], "user_id": [3], "event_properties": [3]])
    }
}

@Suite("how large an event may be (Documentation/events-and-identity.md E15)") struct EventSizeTests {
    private func event(texts: Int, of length: Int = 1_000, in field: String = "event_properties") -> String {
        let text = String(repeating: "a", count: length)
        return "\"\(field)\":{\"l\":[\((0..<texts).map { _ in "\"\(text)\"" }.joined(separator: ","))],\"ok\":1}"
    }

    @Test("1 MB of JSON, its properties included; what is too large is named by its largest field")
    func size() {
        #expect(invalidField(event(texts: 800)) == nil)
        #expect(invalidField(event(texts: 1_500)) == "event_properties")
        #expect(invalidField(event(texts: 1_500, in: "plan")) == "plan")
        #expect(invalidField(event(texts: 500) + "," + event(texts: 600, in: "plan")) == "plan")
        #expect(invalidField("\"note\":\"\(String(repeating: "a", count: 1 << 20))\"") == "note")
        // Two that fit beside one another.
        #expect(refusal("{\"user_id\":\"user-1\",\"event_type\":\"A\",\(event(texts: 900))},\(good)") == nil)
    }

    @Test("spaces between its parts do not count, and the last byte does")
    func edge() {
        let frame = "{\"event_type\":\"A\",\"user_id\":\"user-1\",\"note\":\"\"}"
        let room = String(repeating: "a", count: PropertyLimits.largestEvent - frame.utf8.count)
        #expect(invalidField("\"note\":\"\(room)\"") == nil)
        #expect(invalidField("\"note\":\"\(room)a\"") == "note")
        #expect(invalidField("\"note\": \(String(repeating: " ", count: 1 << 20))\"\(room)\"") == nil)
    }

    @Test("an id that is longer than any text may be is none")
    func ids() {
        let longest = String(repeating: "é", count: 1_024)
        for field in ["user_id", "device_id"] {
            #expect(invalidField("\"\(field)\":\"\(longest)\"") == nil)
            #expect(invalidField("\"\(field)\":\"\(longest)e\"") == field)
        }
    }

    @Test(
        "no property is set to a list of more than 1,000 elements",
        arguments: [
            ("\"user_properties\":{\"l\":LIST}", "user_properties"),
            ("\"user_properties\":{\"$set\":{\"a\":1,\"l\":LIST}}", "user_properties"),
            ("\"user_properties\":{\"$setOnce\":{\"l\":LIST}}", "user_properties"),
            ("\"user_properties\":{\"$append\":{\"l\":LIST}}", nil),
            ("\"user_properties\":{\"$remove\":{\"l\":LIST}}", nil),
            ("\"group_properties\":{\"$set\":{\"l\":LIST}}", "group_properties"),
            ("\"event_properties\":{\"l\":LIST}", nil),
        ] as [(String, String?)]
    )
    func lists(fields: String, field: String?) {
        func list(_ count: Int) -> String { "[\((0..<count).map(String.init).joined(separator: ","))]" }
        #expect(invalidField(fields.replacing("LIST", with: list(1_000))) == nil)
        #expect(invalidField(fields.replacing("LIST", with: list(1_001))) == field)
    }
}
