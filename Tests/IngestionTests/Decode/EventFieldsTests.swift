import EventModel
import Foundation
import Testing

@testable import Ingestion

/// Reads one event that is valid.
private func read(_ fields: String) throws -> ReadEvent {
    let body = "{\"api_key\":\"key\",\"events\":[{\"user_id\":\"user-1\",\"event_type\":\"A\",\(fields)}]}"
    return try #require(
        try RequestDecoder.decode(Array(body.utf8), remoteAddress: "192.0.2.7").events.get().readEvents.first
    )
}

/// The fields under which an event is refused.
private func refused(_ fields: String) -> [String] {
    let body = "{\"api_key\":\"key\",\"events\":[{\"user_id\":\"user-1\",\"event_type\":\"A\",\(fields)}]}"
    do {
        _ = try RequestDecoder.decode(Array(body.utf8)).events.get()
        return []
    } catch {
        return error.invalidFields.keys.sorted()
    }
}

@Suite("money") struct RevenueTests {
    @Test(
        "price times quantity, else what was sent; at the top level, else as SDKs say it",
        arguments: [
            ("\"price\":2.5", 2.5), ("\"price\":2.5,\"quantity\":3", 7.5), ("\"revenue\":9", 9),
            ("\"price\":2,\"quantity\":3,\"revenue\":100", 6), ("\"quantity\":3,\"revenue\":100", 100),
            ("\"price\":-2,\"quantity\":2", -4), ("\"quantity\":3", nil), ("\"plan\":null", nil),
            ("\"event_properties\":{\"$price\":2,\"$quantity\":2}", 4),
            ("\"event_properties\":{\"$revenue\":3}", 3), ("\"event_properties\":{\"$price\":\"1.5\"}", 1.5),
            ("\"event_properties\":{\"$price\":\"dear\"}", nil), ("\"event_properties\":{\"price\":3}", nil),
            ("\"price\":1,\"event_properties\":{\"$price\":2}", 1), ("\"price\":0", 0),
            // A quantity of 0 leaves the revenue, if there is one.
            ("\"price\":10,\"quantity\":0,\"revenue\":7", 7), ("\"quantity\":0,\"revenue\":5", 5),
            ("\"price\":10,\"quantity\":0", 0), ("\"price\":10,\"quantity\":0,\"revenue\":0", 0),
            ("\"event_properties\":{\"$price\":10,\"$quantity\":0,\"$revenue\":\"7\"}", 7),
        ] as [(String, Double?)]
    )
    func amount(fields: String, amount: Double?) throws {
        #expect(try read(fields).revenue == amount)
    }

    @Test("revenue at the top level is stored as SDKs send it, whichever way its keys are written")
    func properties() throws {
        let event = try read(
            "\"price\":2,\"quantity\":3,\"product_id\":\"p\",\"revenue_type\":\"gift\",\"currency\":\"EUR\","
                + "\"event_properties\":{\"a\":1,\"$price\":9}"
        )
        #expect(
            event.eventProperties
                == "{\"a\":1,\"$price\":2,\"$quantity\":3,\"$productId\":\"p\",\"$revenueType\":\"gift\","
                + "\"$currency\":\"EUR\",\"$revenue\":6}"
        )
        #expect(event.eventPropertyNames.contains("$revenue"))
        #expect(
            try read("\"revenue\":1,\"product_id\":\"p\",\"productId\":\"q\"").eventProperties
                == "{\"$productId\":\"q\",\"$revenue\":1}",
            "a key is written once"
        )
        #expect(try read("\"productId\":\"p\",\"event_properties\":{}").eventProperties == "{}", "no money, no product")
    }

    @Test("amounts are numbers", arguments: ["price", "quantity", "revenue"])
    func numbers(field: String) throws {
        #expect(refused("\"\(field)\":\"2\"") == [field])
    }
}

@Suite("limits and kinds of values") struct FieldLimitTests {
    @Test(
        "times end with the year 2100 (Documentation/events-and-identity.md E16)",
        arguments: [
            ("4000000000000", true), ("4133980799999", true), ("4133980800000", false), ("1709294400000000", false),
            ("1709294400000000000", false), ("9223372036854775807", false), ("0", true), ("-62135596800000", true),
            ("-9223372036854775808", true), ("4133980799999.0", true),
        ]
    )
    func times(time: String, isValid: Bool) throws {
        #expect(refused("\"time\":\(time)") == (isValid ? [] : ["time"]))
    }

    @Test("an upload time beyond 2100 moves no event")
    func uploadTimes() throws {
        for time in ["1709294400000000", "\"2101-01-01T00:00:00Z\""] {
            let body = "{\"api_key\":\"key\",\"client_upload_time\":\(time),\"events\":[]}"
            #expect(try RequestDecoder.decode(Array(body.utf8)).events.get().uploadTime == nil)
        }
    }

    @Test(
        "a group that is null is none",
        arguments: [
            ("{\"org\":null}", nil), ("{\"org\":[null]}", nil), ("{\"org\":null,\"team\":\"a\"}", "{\"team\":\"a\"}"),
            ("{\"org\":[\"a\",null,7]}", "{\"org\":[\"a\",7]}"), ("{\"org\":[]}", "{\"org\":[]}"), ("{}", "{}"),
        ] as [(String, String?)]
    )
    func nullGroups(groups: String, kept: String?) throws {
        #expect(try read("\"groups\":\(groups)").extras == kept.map { "{\"groups\":\($0)}" })
    }

    @Test("whole numbers as ids keep their digits, however many")
    func longNumbers() throws {
        let digits = String(repeating: "1234567890", count: 40)
        for id in ["12345678901234567890", "12345678901234567891", "18446744073709551616", digits] {
            let event = try read("\"user_id\":\(id),\"device_id\":\(id),\"insert_id\":\(id)")
            #expect(event.userID == id && event.deviceID == id && event.insertID == id)
        }
        let version = "12345678901234567891"
        #expect(try read("\"os_version\":\(version)").context[.osVersion] == version)
        #expect(
            EventGroup(type: "org", value: digits) != EventGroup(type: "org", value: String(digits.dropLast()) + "1")
        )
        let batch = try decoded("{\"event_type\":\"$groupidentify\",\"groups\":{\"org\":[12345678901234567891]}}")
        #expect(batch.groupChanges.map(\.groups) == [[EventGroup(type: "org", value: "12345678901234567891")]])
    }

    @Test("long texts are cut, by scalars, also inside lists and objects")
    func longTexts() throws {
        let long = String(repeating: "ä", count: 1_030)
        let cut = String(repeating: "ä", count: 1_024)
        let event = try read(
            "\"event_properties\":{\"a\":\"\(long)\",\"b\":[\"\(long)\",{\"c\":\"\(long)\"}]},"
                + "\"user_properties\":{\"d\":\"\(long)\"},\"city\":\"\(long)\""
        )
        #expect(event.eventProperties == "{\"a\":\"\(cut)\",\"b\":[\"\(cut)\",{\"c\":\"\(cut)\"}]}")
        #expect(event.userProperties.first?.value.label == cut)
        #expect(event.context[.city] == cut)
    }

    @Test("40 levels and 1,024 keys are allowed, more are not")
    func nesting() throws {
        func nested(_ levels: Int) -> String {
            String(repeating: "{\"a\":", count: levels) + "1" + String(repeating: "}", count: levels)
        }
        #expect(refused("\"event_properties\":\(nested(40))").isEmpty)
        #expect(refused("\"event_properties\":\(nested(41))") == ["event_properties"])
        #expect(refused("\"user_properties\":\(nested(41))") == ["user_properties"])
        func keys(_ count: Int) -> String { "{" + (0..<count).map { "\"\($0)\":1" }.joined(separator: ",") + "}" }
        #expect(refused("\"event_properties\":\(keys(1_024))").isEmpty)
        #expect(refused("\"event_properties\":\(keys(1_025))") == ["event_properties"])
    }

    @Test(
        "groups: five types of ten values",
        arguments: [
            ("{\"a\":\"1\"}", true), ("{\"a\":[\"1\",2]}", true), ("{}", true), ("[\"a\"]", false), ("\"a\"", false),
            ("{\"a\":{}}", false), ("{\"a\":[[1]]}", false), ("{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1}", true),
            ("{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1}", false),
            ("{\"a\":[1,2,3,4,5,6,7,8,9,10]}", true), ("{\"a\":[1,2,3,4,5,6,7,8,9,10,11]}", false),
        ]
    )
    func groups(json: String, isValid: Bool) throws {
        #expect(refused("\"groups\":\(json)") == (isValid ? [] : ["groups"]))
    }

    @Test(
        "operations stand alone",
        arguments: [
            ("{\"$set\":{\"a\":1},\"$add\":{\"b\":1}}", true), ("{\"a\":1,\"b\":1}", true), ("{}", true),
            ("{\"$set\":{\"a\":1},\"b\":1}", false), ("{\"$cart\":1,\"b\":1}", true),
        ]
    )
    func operations(json: String, isValid: Bool) throws {
        #expect(refused("\"user_properties\":\(json)") == (isValid ? [] : ["user_properties"]))
    }
}

@Suite("what is known of the sender") struct EnrichmentTests {
    @Test(
        "languages by their English name",
        arguments: [
            ("en", "English"), ("en-US", "English"), ("EN_us", "English"), ("de", "German"), ("pt-BR", "Portuguese"),
            ("ja", "Japanese"), ("English", "English"), ("xx", "xx"), ("", ""), ("Klingon", "Klingon"),
        ]
    )
    func languages(tag: String, name: String) throws {
        #expect(EventContext.languageName(tag) == name)
    }

    @Test("$remote is where the request comes from")
    func remote() throws {
        #expect(try read("\"ip\":\"$remote\",\"plan\":{\"a\":1}").extras == "{\"ip\":\"192.0.2.7\",\"plan\":{\"a\":1}}")
        #expect(try read("\"ip\":\"198.51.100.1\"").extras == "{\"ip\":\"198.51.100.1\"}")
    }
}

@Suite("the form of /groupidentify") struct GroupIdentificationTests {
    @Test(
        "the group is stored as that of any event",
        arguments: [
            ("", "{\"groups\":{\"org\":\"Acme\"}}"),
            (",\"ip\":\"$remote\",\"x\":1", "{\"ip\":\"192.0.2.7\",\"groups\":{\"org\":\"Acme\"},\"x\":1}"),
            (",\"groups\":{\"team\":[\"a\",\"b\"]}", "{\"groups\":{\"team\":[\"a\",\"b\"],\"org\":\"Acme\"}}"),
            (",\"groups\":{\"org\":\"Other\"}", "{\"groups\":{\"org\":\"Acme\"}}"),
        ]
    )
    func group(fields: String, extras: String) throws {
        let json =
            "{\"group_type\":\"org\",\"group_value\":\"Acme\",\"group_properties\":{\"$set\":{\"a\":1}}\(fields)}"
        let batch = try RequestDecoder.events(inForm: json, .groupIdentification, remoteAddress: "192.0.2.7")
        #expect(batch.readEvents.first?.extras == extras)
        #expect(batch.groupChanges.first?.groups.last == EventGroup(type: "org", value: "Acme"))
    }
}

@Suite("the first SDKs' form") struct LegacyEventTests {
    private static func read(_ fields: String) throws -> ReadEvent {
        let json = "[{\"device_id\":\"device-1\",\"event_type\":\"A\",\(fields)}]"
        return try #require(try RequestDecoder.events(inForm: json, .legacy).readEvents.first)
    }

    @Test(
        "a library is an object of two texts",
        arguments: [
            ("{\"name\":\"amplitude-js\",\"version\":\"8.21.9\"}", "amplitude-js/8.21.9"),
            ("{\"name\":\"amplitude-js\"}", "amplitude-js"), ("{}", nil), ("{\"name\":5}", nil), ("\"other\"", "other"),
        ] as [(String, String?)]
    )
    func library(json: String, library: String?) throws {
        #expect(try Self.read("\"library\":\(json)").context[.library] == library)
    }

    @Test("two libraries in a request are two contexts")
    func libraries() throws {
        let events = ["a", "b"].map {
            "{\"device_id\":\"device-1\",\"event_type\":\"A\",\"library\":{\"name\":\"x\",\"version\":\"\($0)\"}}"
        }
        let read = try RequestDecoder.events(inForm: "[\(events.joined(separator: ","))]", .legacy).readEvents
        #expect(read.map { $0.context[.library] } == ["x/a", "x/b"])
        #expect(read[0].contextFingerprint != read[1].contextFingerprint)
    }

    @Test(
        "the first revenue call speaks of money in api_properties",
        arguments: [
            ("{\"special\":\"revenue_amount\",\"price\":2.5,\"quantity\":2,\"productId\":\"p\"}", 5),
            ("{\"special\":\"revenue_amount\",\"price\":2.5,\"quantity\":null}", 2.5),
            ("{\"special\":\"session_start\",\"price\":2.5}", nil), ("{\"price\":2.5}", nil), ("{}", nil), ("[]", nil),
        ] as [(String, Double?)]
    )
    func revenue(json: String, amount: Double?) throws {
        let event = try Self.read("\"api_properties\":\(json)")
        #expect(event.revenue == amount)
        #expect(event.extras == "{\"api_properties\":\(json)}", "kept as it was sent")
    }

    @Test("money in both places is one property, by the later word")
    func revenueTwice() throws {
        let first = "{\"special\":\"revenue_amount\",\"price\":2.5,\"quantity\":2}"
        let event = try Self.read("\"price\":1,\"quantity\":3,\"api_properties\":\(first)")
        #expect(event.revenue == 5)
        #expect(event.eventProperties == "{\"$price\":2.5,\"$quantity\":2,\"$revenue\":5}", "a key is written once")
    }

    @Test(
        "the sequence number counts all of a device, wherever it stands",
        arguments: ["\"event_id\":1,\"sequence_number\":7", "\"sequence_number\":7,\"event_id\":1"]
    )
    func sequence(fields: String) throws {
        #expect(try Self.read(fields).eventID == 7)
        #expect(try Self.read("\"event_id\":1").eventID == 1)
    }
}
