import EventModel
import Foundation
import JSONTape
import TestSupport
import Testing

private func parsed(_ text: String) throws -> String {
    try JSONDocument.withRoot(of: Array(text.utf8)) { root in
        var json = JSONWriter()
        json.value(root)
        return json.text
    }
}

@Suite struct JSONTapeTests {
    @Test(
        "values come out as they went in",
        arguments: [
            "null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "0.1", "\"\"", "\"a\"",
            "[]", "{}", "[1,[2,[3]],{}]", "{\"a\":{\"b\":[true,null]},\"c\":\"d\"}", "\"Köln 東京 🦊\"",
            "\"\\\"\\\\\\n\\t\\u0001\"",
        ]
    )
    func roundTrip(text: String) throws {
        #expect(try parsed(text) == text)
    }

    @Test(
        "what has other ways to be written comes out in one",
        arguments: [
            (" { \"a\" : 1 } ", "{\"a\":1}"), ("1.0", "1"), ("1e2", "100"), ("\"\\u00e9\\/\"", "\"é/\""),
            ("\"\\ud83e\\udd8a\"", "\"🦊\""), ("18446744073709551615", "18446744073709551616"),
        ]
    )
    func oneForm(text: String, form: String) throws {
        if text.hasPrefix("1844") {
            // Beyond 64 bits with a sign it is a double, with a double's precision.
            #expect(try JSONDocument.withRoot(of: Array(text.utf8)) { $0.double } == 18_446_744_073_709_551_615.0)
        } else {
            #expect(try parsed(text) == form)
        }
    }

    @Test(
        "whole numbers beyond 64 bits are doubles, and nothing beside them changes",
        arguments: [
            ("18446744073709551616", "1.8446744073709552e+19"), ("-9223372036854775809", "-9223372036854775808"),
            ("100000000000000000000", "1e+20"),
            ("[100000000000000000000,9007199254740993]", "[1e+20,9007199254740993]"),
            (
                "{\"100000000000000000000\":\"\\\"100000000000000000000\",\"b\":-123456789012345678901234567890}",
                "{\"100000000000000000000\":\"\\\"100000000000000000000\",\"b\":-1.2345678901234568e+29}"
            ),
            ("[100000000000000000000,1e02,0.5,1E-2]", "[1e+20,100,0.5,0.01]"),
        ]
    )
    func large(text: String, form: String) throws {
        #expect(try parsed(text) == form)
    }

    @Test(
        "a large number makes no JSON of what is none",
        arguments: [
            "100000000000000000000,", "0100000000000000000000", "--100000000000000000000", "100000000000000000000e",
            "\"100000000000000000000", "{100000000000000000000:1}", "[100000000000000000000",
            "[100000000000000000000,1.]", "{1e400:1}", "{ 1e400 : 1}", "{\"a\":1,1e400}", "{\"a\" 1e400}", "\"a\"1e400",
            "1e400\"a\"", "1e400x", "01e400", "-e400", "1e400 1e400", "1.e400", "1e+", "[1e400 1]", "- 1e400", "+1e400",
        ]
    )
    func largeButInvalid(text: String) {
        #expect(throws: JSONSyntaxError.self) { try parsed(text) }
    }

    @Test(
        "what is no JSON",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\"}", "{\"a\":}", "nul", "01", "+1", "1.", ".5", "\"", "\"\n\"", "\"\\x\"",
            "[1 2]",
            "{} {}", "NaN", "'a'", "\u{FEFF}{", "\u{FEFF}", "\u{FEFF}\u{FEFF}{}", "{}\u{FEFF}", "\"\\ud83\"",
            "\"\\ud83d\\", "\"\\ud83d",
        ]
    )
    func invalid(text: String) {
        #expect(throws: JSONSyntaxError.self) { try parsed(text) }
    }

    @Test(
        "bytes that are no UTF-8",
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22],
        ] as [[UInt8]]
    )
    func notUTF8(bytes: [UInt8]) {
        #expect(throws: JSONSyntaxError.self) { try JSONDocument.withRoot(of: bytes) { $0.kind } }
    }

    @Test(
        "half of a surrogate pair is U+FFFD, and nothing beside it changes",
        arguments: [
            ("\"\\ud83d\"", "\"\u{FFFD}\""), ("\"\\ude00\"", "\"\u{FFFD}\""), ("\"\\uD83Dx\"", "\"\u{FFFD}x\""),
            ("\"\\ude00\\ud83d!\"", "\"\u{FFFD}\u{FFFD}!\""), ("\"\\ud83d\\ude00\"", "\"😀\""),
            ("\"\\ud83d\\ud83d\\ude00\"", "\"\u{FFFD}😀\""), ("\"\\ud83d\\ude00\\ude00\"", "\"😀\u{FFFD}\""),
            ("\"\\ud83d\\u0041\"", "\"\u{FFFD}A\""), ("\"\\ud83d\\n\\\\ud83d\"", "\"\u{FFFD}\\n\\\\ud83d\""),
            ("\"\\\\\\ud83d\"", "\"\\\\\u{FFFD}\""), ("\"\\ud83d\\\"\"", "\"\u{FFFD}\\\"\""),
            ("{\"te\\ud83d\":[1,\"\\udfff\",1e2]}", "{\"te\u{FFFD}\":[1,\"\u{FFFD}\",100]}"),
            (
                "[\"\\ud83d\",100000000000000000000,\"100000000000000000000\",\"é\"]",
                "[\"\u{FFFD}\",1e+20,\"100000000000000000000\",\"é\"]"
            ),
        ]
    )
    func halves(text: String, form: String) throws {
        #expect(Array(try parsed(text).utf8) == Array(form.utf8))
    }

    @Test("a byte-order mark in front is skipped")
    func byteOrderMark() throws {
        #expect(try parsed("\u{FEFF}{\"a\":1}") == "{\"a\":1}")
        #expect(Array(try parsed("\u{FEFF} \"\u{FEFF}\"").utf8) == Array("\"\u{FEFF}\"".utf8), "but not in a text")
    }

    @Test("numbers beyond a double are there, and are told")
    func beyondDouble() throws {
        let body =
            "{\"a\":1e400,\"b\":[{\"c\":-1E+400}],\"d\":18446744073709551616,\"e\":\"1e400\",\"f\":1e-400,\"g\":1e308}"
        try JSONDocument.withRoot(of: Array(body.utf8).span) { root, traits in
            #expect(traits.hasNumbersBeyondDouble && !traits.mayHaveZeroCharacters)
            #expect(root["a"]?.kind == .largeNumber)
            #expect(root["a"]?.isBeyondDouble == true)
            #expect(root["a"]?.double == nil && root["a"]?.integer == nil && root["a"]?.string == nil)
            #expect(root["b"]?.holdsNumberBeyondDouble == true && root["b"]?.isBeyondDouble == false)
            for key in ["d", "e", "f", "g"] as [StaticString] { #expect(root[key]?.holdsNumberBeyondDouble == false) }
            #expect(root["f"]?.double == 0 && root["g"]?.double == 1e308)
        }
        let digits = String(repeating: "9", count: 310)
        try JSONDocument.withRoot(of: Array("[\(digits),\(digits).5,\(digits)e5,\(digits.prefix(300))]".utf8).span) {
            root,
            _ in
            #expect(root.elements.map(\.isBeyondDouble) == [true, true, true, false])
            #expect(root.elements.map(\.label) == [digits, nil, nil, String(digits.prefix(300))])
        }
    }

    @Test(
        "the text of a scalar has all digits of a whole number",
        arguments: [
            ("12345678901234567891", "12345678901234567891"), ("18446744073709551616", "18446744073709551616"),
            ("-9223372036854775809", "-9223372036854775809"), ("9007199254740993", "9007199254740993"),
            ("1.0", "1"), ("0.5", "0.5"), ("true", "true"), ("\"a\"", "a"), ("-0", "0"), ("1e2", "100"),
            ("1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890"),
            ("null", nil), ("[1]", nil), ("1e400", nil),
        ] as [(String, String?)]
    )
    func labels(text: String, label: String?) throws {
        #expect(try JSONDocument.withRoot(of: Array(text.utf8)) { $0.label } == label)
    }

    @Test("U+0000 is told where there may be one, and found in keys")
    func zeroCharacters() throws {
        func traits(_ text: String) throws -> JSONTraits {
            try JSONDocument.withRoot(of: Array(text.utf8).span) { $1 }
        }
        #expect(try traits("{\"a\":\"\\u0000\"}").mayHaveZeroCharacters)
        #expect(try traits("[\"\\\\\\u0000\"]").mayHaveZeroCharacters, "behind an escaped backslash")
        #expect(try !traits("[\"\\\\u0000\"]").mayHaveZeroCharacters, "an escaped backslash and five characters")
        #expect(try traits("[\"\\u0001\",\"\\\\\",\"u0000\"]").isEmpty)
        func isIn(_ text: String) throws -> Bool {
            try JSONDocument.withRoot(of: Array(text.utf8)) { $0.hasKeyWithZeroCharacter }
        }
        #expect(try isIn("{\"a\\u0000\":1}"))
        #expect(try isIn("[1,{\"a\":[{\"\\u0000\":1}]}]"))
        #expect(try !isIn("{\"a\":[\"\\u0000\"]}"))
    }

    @Test("a large broken document is mended in a moment")
    func linear() throws {
        // Halves, digits and white space, in the ways that could make a reader look twice.
        let half = "\"\\ud83d\""
        let spaces = String(repeating: " ", count: 50)
        let parts = (0..<20_000).map { _ in "\(half),100000000000000000000\(spaces),1.2345" }
        let count = try JSONDocument.withRoot(of: Array("[\(parts.joined(separator: ","))]".utf8)) { root in
            root.elements.count { _ in true }
        }
        #expect(count == 60_000)
    }

    @Test("deep nesting is an error, not a crash")
    func deep() {
        let text = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(throws: JSONSyntaxError.self) { try parsed(text) }
    }

    @Test func members() throws {
        try JSONDocument.withRoot(of: Array("{\"a\":1,\"b\":{\"c\":2},\"a\":3}".utf8)) { root in
            #expect(root.members.map(\.key.string) == ["a", "b", "a"])
            #expect(root["a"]?.integer == 3, "the last of repeated keys counts")
            #expect(root["b"]?["c"]?.integer == 2)
            #expect(root["x"] == nil)
            #expect(root["a"]?["x"] == nil, "a number has no members")
        }
    }

    /// Random values, written by Foundation, must be read as Foundation reads them.
    @Test("agrees with Foundation", arguments: 0..<200)
    func random(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let value = random.value(depth: 4)
        let data = try JSONSerialization.data(withJSONObject: [value], options: [.sortedKeys])
        let written = try parsed(String(decoding: data, as: UTF8.self))
        let reread = try JSONSerialization.jsonObject(with: Data(written.utf8))
        let again = try JSONSerialization.data(withJSONObject: reread, options: [.sortedKeys])
        #expect(again == data, "seed \(seed)")
    }
}

extension SeededRandom {
    /// Anything that JSON can say.
    fileprivate mutating func value(depth: Int) -> Any {
        switch below(depth > 0 ? 7 : 5) {
        case 0: return NSNull()
        case 1: return below(2) == 0
        case 2: return Int64(bitPattern: next()) >> Int64(below(64))
        case 3: return Double(below(2_000_001) - 1_000_000) / 64
        case 4: return text()
        case 5: return (0..<below(5)).map { _ in value(depth: depth - 1) }
        default:
            return Dictionary(
                (0..<below(5)).map { _ in (text(), value(depth: depth - 1)) },
                uniquingKeysWith: { first, _ in first }
            )
        }
    }

    fileprivate mutating func text() -> String {
        let letters = ["a", "Z", "\"", "\\", "/", "\n", "\u{1}", "é", "東", "🦊", " ", "\u{7F}", "\u{2028}"]
        return (0..<below(20)).map { _ in letters[below(letters.count)] }.joined()
    }
}
