import EventModel
import JSONTape
import Testing

@testable import Ingestion

private func properties(_ json: String) throws -> UserProperties { try UserProperties(json: json) }

private func members(_ json: String) throws -> [PropertyMember] {
    try JSONDocument.withRoot(of: Array(json.utf8)) { root in
        root.members.map { PropertyMember(key: $0.key.string, value: PropertyValue($0.value)) }
    }
}

@Suite struct UserPropertiesTests {
    @Test(
        "operations",
        arguments: [
            ("{}", "{\"$set\":{\"a\":1}}", "{\"a\":1}"),
            ("{\"a\":1}", "{\"$set\":{\"a\":\"x\",\"b\":[1]}}", "{\"a\":\"x\",\"b\":[1]}"),
            ("{\"a\":1}", "{\"$setOnce\":{\"a\":2,\"b\":2}}", "{\"a\":1,\"b\":2}"),
            ("{\"a\":1}", "{\"$add\":{\"a\":2,\"b\":-3}}", "{\"a\":3,\"b\":-3}"),
            ("{\"a\":1}", "{\"$add\":{\"a\":0.5}}", "{\"a\":1.5}"),
            ("{\"a\":\"x\"}", "{\"$add\":{\"a\":1}}", "{\"a\":\"x\"}"),
            ("{\"a\":1}", "{\"$add\":{\"a\":\"x\",\"b\":\"x\"}}", "{\"a\":1}"),
            ("{\"a\":9223372036854775807}", "{\"$add\":{\"a\":1}}", "{\"a\":9.223372036854776e+18}"),
            ("{\"a\":1}", "{\"$add\":{\"a\":\"2\"}}", "{\"a\":3}"),
            ("{\"a\":1}", "{\"$add\":{\"a\":\"-2.5\",\"b\":\"1e1\"}}", "{\"a\":-1.5,\"b\":10}"),
            ("{\"a\":1}", "{\"$add\":{\"a\":\"two\",\"b\":\"\"}}", "{\"a\":1}"),
            ("{\"a\":1}", "{\"$add\":{\"a\":\"0x10\",\"b\":\"inf\",\"c\":\"1 \"}}", "{\"a\":1}"),
            ("{\"a\":\"1\"}", "{\"$add\":{\"a\":\"2\"}}", "{\"a\":\"1\"}"),
            ("{\"a\":1e308}", "{\"$add\":{\"a\":1e308}}", "{\"a\":1e+308}"),
            ("{}", "{\"$append\":{\"a\":1}}", "{\"a\":[1]}"),
            ("{\"a\":1}", "{\"$append\":{\"a\":1}}", "{\"a\":[1,1]}"),
            ("{\"a\":[1]}", "{\"$append\":{\"a\":[2,3]}}", "{\"a\":[1,2,3]}"),
            ("{\"a\":[1]}", "{\"$prepend\":{\"a\":[2,3]}}", "{\"a\":[2,3,1]}"),
            ("{\"a\":[1,2]}", "{\"$preInsert\":{\"a\":[2,3]}}", "{\"a\":[3,1,2]}"),
            ("{\"a\":[1,2]}", "{\"$postInsert\":{\"a\":[2,3]}}", "{\"a\":[1,2,3]}"),
            ("{}", "{\"$preInsert\":{\"a\":[3,4,3]}}", "{\"a\":[3,4]}"),
            ("{\"a\":[1]}", "{\"$postInsert\":{\"a\":[3,1,3]}}", "{\"a\":[1,3]}"),
            ("{\"a\":[1,\"1\"]}", "{\"$postInsert\":{\"a\":1}}", "{\"a\":[1,\"1\"]}"),
            ("{\"a\":[1,2,1]}", "{\"$remove\":{\"a\":1,\"b\":1}}", "{\"a\":[2]}"),
            ("{\"a\":1}", "{\"$remove\":{\"a\":1}}", "{\"a\":1}"),
            ("{\"a\":1,\"b\":2}", "{\"$unset\":{\"a\":\"-\",\"c\":\"-\"}}", "{\"b\":2}"),
            ("{\"a\":1}", "{\"$unset\":{}}", "{\"a\":1}"),
            ("{\"a\":1,\"b\":2}", "{\"$clearAll\":\"-\"}", "{}"),
            ("{\"a\":1}", "{\"$set\":{\"a\":null}}", "{\"a\":1}"),
            ("{}", "{\"plain\":1}", "{\"plain\":1}"),
        ]
    )
    func operation(before: String, identify: String, after: String) throws {
        var value = try properties(before)
        value.identify(try members(identify))
        #expect(value.text == after)
    }

    @Test("operations are applied in one order, whatever the request's")
    func order() throws {
        var value = try properties("{\"old\":1}")
        value.identify(
            try members(
                """
                {"$remove":{"l":1},"$postInsert":{"l":3},"$append":{"l":1},"$add":{"n":1},"$setOnce":{"n":9},
                 "$set":{"n":5,"l":[2]},"$unset":{"n":"-"},"$clearAll":"-"}
                """
            )
        )
        #expect(value.text == "{\"l\":[2,3],\"n\":6}")
    }

    @Test(
        "a list has 1,000 elements at most; beyond that it loses some at the other end",
        arguments: [
            ("$append", 1..<1_001), ("$postInsert", 1..<1_001), ("$prepend", -1..<999), ("$preInsert", -1..<999),
        ]
    )
    func longLists(operation: String, expected: Range<Int>) throws {
        func list(_ range: Range<Int>) -> String { "[\(range.map(String.init).joined(separator: ","))]" }
        var value = try properties("{\"l\":\(list(0..<1_000))}")
        value.identify(try members("{\"\(operation)\":{\"l\":\(operation.hasPrefix("$pre") ? -1 : 1_000)}}"))
        #expect(value.text == "{\"l\":\(list(expected))}")
        // An operand that is too long itself.
        var other = UserProperties()
        other.identify(try members("{\"\(operation)\":{\"l\":\(list(0..<1_005))}}"))
        #expect(other.text == "{\"l\":\(operation.hasPrefix("$pre") ? list(0..<1_000) : list(5..<1_005))}")
    }

    @Test("long operands are compared in a moment")
    func longOperands() throws {
        let many = "[\((0..<20_000).map(String.init).joined(separator: ","))]"
        var value = try properties("{\"l\":[\"x\"]}")
        value.identify(try members("{\"$postInsert\":{\"l\":\(many)}}"))
        value.identify(try members("{\"$remove\":{\"l\":\(many)}}"))
        #expect(value.text == "{\"l\":[]}")
    }

    @Test("equal properties are one text, whatever order they came in")
    func canonical() throws {
        #expect(try properties("{\"b\":1,\"a\":2}").text == "{\"a\":2,\"b\":1}")
    }
}
