import EventModel
import ProjectStore
import Storage
import Testing

@testable import Ingestion

@Suite("events against the tracking plan") struct PlanCheckTests {
    private struct Case: CustomTestStringConvertible {
        var settings: PropertySettings
        var values: [String: String?]
        var testDescription: String

        /// - Parameter values: JSON, and the finding with what was received; `nil` where it is as planned.
        init(_ name: String, _ settings: PropertySettings, _ values: [String: String?]) {
            testDescription = name
            self.settings = settings
            self.values = values
        }
    }

    private static let cases = [
        Case("any", .declared(isRequired: true), ["1": nil, "\"a\"": nil, "[1]": nil, "{\"a\":1}": nil]),
        Case(
            "string",
            .declared(.string),
            [
                "\"a\"": nil, "\"\"": nil, "1": "type 1 number", "true": "type 1 boolean", "[\"a\"]": "type 1 list",
                "{\"a\":1}": "type 1 object", "null": nil,
            ]
        ),
        Case(
            "number",
            .declared(.number),
            ["1": nil, "1.5": nil, "\"1\"": "type 1 string", "false": "type 1 boolean"]
        ),
        Case("boolean", .declared(.boolean), ["true": nil, "\"true\"": "type 1 string", "0": "type 1 number"]),
        Case(
            "enum",
            .declared(.enum, ["red", "3", "true"]),
            [
                "\"red\"": nil, "3": nil, "3.0": nil, "\"3\"": nil, "true": nil, "\"Red\"": "enum 1 string",
                "4": "enum 1 number", "[\"red\"]": "enum 1 list",
            ]
        ),
        Case(
            "a pattern",
            .declared(pattern: "^[a-z]{2}$"),
            ["\"ab\"": nil, "\"abc\"": "regex 1 string", "\"A\"": "regex 1 string", "7": nil]
        ),
        Case(
            "a pattern of letters beyond ASCII, anywhere in the text",
            .declared(.string, pattern: "\\w[é-ü]"),
            ["\"xxöß\"": nil, "\"e\u{301}\"": "regex 1 string", "7": "type 1 number"]
        ),
        Case(
            "a list",
            .declared(.number, isList: true),
            ["[]": nil, "[1,2]": nil, "[1,\"2\",\"3\"]": "type 1 string", "1": "not_a_list 1 number"]
        ),
        Case(
            "a pattern that never ends",
            .declared(pattern: "^(a+)+$"),
            [
                "\"\(String(repeating: "a", count: 60))!\"": "regex_limit 1 string", "\"aaa\"": nil,
                "\"b\"": "regex 1 string",
            ]
        ),
    ]

    @Test("of an event's property", arguments: cases)
    private func eventProperty(_ wanted: Case) throws {
        var sender = try PlanSender([.ofEvents("p"): wanted.settings])
        for (value, finding) in wanted.values {
            try sender.send("{\"user_id\":\"a\",\"event_type\":\"Play\",\"event_properties\":{\"p\":\(value),\"q\":9}}")
            var expected = finding.map { ["event Play p: \($0)"] } ?? []
            if value == "null", wanted.settings.isRequired { expected = ["event Play p: missing 1 none"] }
            #expect(try sender.findings() == expected, "\(value)")
            try sender.record.forgetPlanFindings()
        }
    }

    @Test("of a user's property, whichever operation sets it", arguments: cases)
    private func userProperty(_ wanted: Case) throws {
        var sender = try PlanSender([.ofUsers("p"): wanted.settings])
        for (value, finding) in wanted.values {
            let sets = ["{\"p\":\(value)}", "{\"$set\":{\"p\":\(value)}}", "{\"$setOnce\":{\"p\":\(value)}}"]
            for sent in sets {
                try sender.send("{\"user_id\":\"a\",\"event_type\":\"$identify\",\"user_properties\":\(sent)}")
                #expect(try sender.findings() == (finding.map { ["user $identify p: \($0)"] } ?? []), "\(sent)")
                try sender.record.forgetPlanFindings()
            }
        }
    }

    @Test("a required one that is not there, of its event type alone; identifies have none")
    func missing() throws {
        var sender = try PlanSender([
            .ofEvents("size", of: "Buy"): .declared(isRequired: true), .ofEvents("place"): .declared(isRequired: true),
        ])
        try sender.send(
            """
            {"user_id":"a","event_type":"Buy"},
            {"user_id":"a","event_type":"Buy","event_properties":{"size":1,"place":2}},
            {"user_id":"a","event_type":"Buy","event_properties":{"size":null,"place":2}},
            {"user_id":"a","event_type":"Play","event_properties":{"size":1}},
            {"user_id":"a","event_type":"$identify","user_properties":{"size":1}}
            """
        )
        #expect(
            try sender.findings() == [
                "event Buy place: missing 1 none", "event Buy size: missing 2 none", "event Play place: missing 1 none",
            ]
        )
    }

    @Test("what is said of one event type goes before what is said of all")
    func owners() throws {
        var sender = try PlanSender([
            .ofEvents("size"): .declared(.string), .ofEvents("size", of: "Buy"): .declared(.number),
        ])
        try sender.send(
            """
            {"user_id":"a","event_type":"Buy","event_properties":{"size":1}},
            {"user_id":"a","event_type":"Buy","event_properties":{"size":"m"}},
            {"user_id":"a","event_type":"Play","event_properties":{"size":1}},
            {"user_id":"a","event_type":"Play","event_properties":{"size":"m"}}
            """
        )
        #expect(try sender.findings() == ["event Buy size: type 1 string", "event Play size: type 1 number"])
    }

    @Test("what adds to a value is looked at as an element; what takes away is not")
    func operations() throws {
        var sender = try PlanSender([
            .ofUsers("tags"): .declared(.string, isList: true), .ofUsers("age"): .declared(.string),
            .ofUsers("coins"): .declared(.number),
        ])
        for operations in [
            "{\"$append\":{\"tags\":\"a\"}}", "{\"$prepend\":{\"tags\":[\"a\",\"b\"]}}",
            "{\"$unset\":{\"tags\":\"-\",\"age\":1}}", "{\"$remove\":{\"tags\":7}}", "{\"$add\":{\"coins\":\"3\"}}",
            "{\"$clearAll\":\"-\"}",
        ] {
            try sender.send("{\"user_id\":\"a\",\"event_type\":\"$identify\",\"user_properties\":\(operations)}")
        }
        #expect(try sender.findings() == [])
        try sender.send(
            """
            {"user_id":"a","event_type":"$identify","user_properties":{"$postInsert":{"tags":7},"$add":{"age":1}}},
            {"user_id":"a","event_type":"Play","user_properties":{"coins":"3"}}
            """
        )
        #expect(
            try sender.findings() == [
                "user $identify age: type 1 number", "user $identify tags: type 1 number",
                "user Play coins: type 1 string",
            ]
        )
    }

    @Test("of groups, by their type")
    func groups() throws {
        var sender = try PlanSender([
            .ofGroups("seats", of: "org"): .declared(.number), .ofGroups("plan"): .declared(.enum, ["free", "pro"]),
        ])
        try sender.send(
            """
            {"event_type":"$groupidentify","groups":{"org":"Acme"},
             "group_properties":{"$set":{"seats":"3","plan":"gold"}}},
            {"event_type":"$groupidentify","groups":{"team":"A"},"group_properties":{"$set":{"seats":"3","plan":"pro"}}}
            """
        )
        #expect(try sender.findings() == ["group org plan: enum 1 string", "group org seats: type 1 string"])
    }

    @Test("a duplicate is not counted, nor what is blocked; the plan changes at once")
    func stored() throws {
        var sender = try PlanSender([.ofEvents("p"): .declared(.number)])
        let event = "{\"user_id\":\"a\",\"event_type\":\"Play\",\"insert_id\":\"1\",\"event_properties\":{\"p\":\"x\"}}"
        try sender.send(event)
        try sender.send(event)
        #expect(try sender.findings() == ["event Play p: type 1 string"])

        try sender.record.changeEventSettings { $0.properties[.ofEvents("p")]?.isBlocked = true }
        try sender.send("{\"user_id\":\"a\",\"event_type\":\"Play\",\"event_properties\":{\"p\":\"x\"}}")
        #expect(try sender.findings() == ["event Play p: type 1 string"])
        try sender.record.changeEventSettings { $0.properties = [.ofEvents("p"): .declared(.boolean)] }
        try sender.send("{\"user_id\":\"a\",\"event_type\":\"Play\",\"event_properties\":{\"p\":4}}", at: 1_000)
        #expect(try sender.findings() == ["event Play p: type 2 number"])
        let finding = try #require(try sender.record.planFindings().listed.first)
        #expect(finding.first.milliseconds == 0 && finding.last.milliseconds == 1_000)
    }

    @Test("a request that is taken back leaves none")
    func takenBack() throws {
        var sender = try PlanSender([.ofEvents("p"): .declared(.number)])
        // More than 1,024 properties of one person.
        func properties(_ range: Range<Int>) -> String { range.map { "\"k\($0)\":1" }.joined(separator: ",") }
        let wrong = "{\"user_id\":\"a\",\"event_type\":\"Play\",\"event_properties\":{\"p\":\"x\"}"
        try sender.send("\(wrong),\"user_properties\":{\(properties(0..<1_000))}}")
        #expect(try sender.add("\(wrong)},\(wrong),\"user_properties\":{\(properties(1_000..<1_100))}}") != nil)
        #expect(try sender.add("{\"user_id\":\"b\",\"event_type\":\"Play\",\"event_properties\":{\"p\":1}}") == nil)
        try sender.commit()
        #expect(try sender.findings() == ["event Play p: type 1 string"])
    }

    @Test("a slow pattern is given up for the commit, and tried again in the next")
    func slowPattern() throws {
        var sender = try PlanSender([.ofEvents("p"): .declared(pattern: "^(a+)+$")])
        let slow = String(repeating: "a", count: 60) + "!"
        func event(_ value: String) -> String {
            "{\"user_id\":\"a\",\"event_type\":\"Play\",\"event_properties\":{\"p\":\"\(value)\"}}"
        }
        // The last one would be found at once.
        try sender.send((Array(repeating: slow, count: 30) + ["aa"]).map(event).joined(separator: ","))
        #expect(try sender.findings() == ["event Play p: regex_limit 31 string"])
        try sender.send([event("aa"), event("c")].joined(separator: ","))
        #expect(try sender.findings() == ["event Play p: regex 1 string", "event Play p: regex_limit 31 string"])
    }

    @Test("beyond what is listed, findings are only counted")
    func bounds() throws {
        var sender = try PlanSender([.ofEvents("p"): .declared(isRequired: true)])
        let most = PlanFindings.mostListed
        var number = 0
        // In commits of less than what one may bring, and one of more.
        for size in Array(repeating: 900, count: 5) + [PlanFindingCounts.mostKeys + 100] {
            let events = (number..<number + size).map { "{\"user_id\":\"a\",\"event_type\":\"T\($0)\"}" }
            try sender.send(events.joined(separator: ","))
            number += size
        }
        let findings = try sender.record.planFindings()
        #expect(findings.listed.count == most && findings.listed.allSatisfy { $0.count == 1 })
        #expect(findings.unlisted == number - most)
        // One that has a place goes on counting.
        try sender.send("{\"user_id\":\"a\",\"event_type\":\"T0\"}")
        #expect(try sender.record.planFindings().listed.first { $0.key.owner.string == "T0" }?.count == 2)
        try sender.record.forgetPlanFindings()
        #expect(try sender.record.planFindings() == PlanFindings())
    }
}
