import EventModel
import Foundation
import Testing

@Suite struct JSONWriterTests {
    private func written(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        write(&json)
        return json.text
    }

    @Test("numbers are written in their shortest form, whichever way they are found")
    func numbers() {
        var random = SystemRandomNumberGenerator()
        var values = [
            0, -0.0, 0.1, 0.0001, 0.00001, 99_999_999_999.5, 1e11, 1e15, 1e16, 1e300, .leastNonzeroMagnitude,
            4_503_599_627_370_497.5,
        ]
        for _ in 0..<20_000 {
            let scale = [1, 10, 100, 1_000, 10_000, 100_000].randomElement(using: &random)!
            values.append(Double(Int.random(in: -10_000_000...10_000_000, using: &random)) / Double(scale))
            values.append(Double(bitPattern: .random(in: .min ... .max, using: &random)))
            values.append(Double.random(in: -1e12...1e12, using: &random))
        }
        for value in values where value.isFinite {
            #expect(written { $0.number(value) } == PropertyValue.decimal(value), "\(value)")
        }
        #expect(written { $0.number(.infinity) } == "null")
        for value in [Int64.min, -1, 0, 7, 10, .max] { #expect(written { $0.integer(value) } == "\(value)") }
        #expect(written { $0.integer(UInt64.max) } == "\(UInt64.max)")
    }

    @Test("every character reads back, wherever in a text it is")
    func texts() throws {
        for character in (0..<0x180).compactMap({ Unicode.Scalar($0) }) {
            for length in 0..<20 {
                let text = String(repeating: "x", count: length) + String(character) + "🦊"
                let json = written { $0.string(text) }
                let read =
                    try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed) as? String
                #expect(read.map { Array($0.utf8) } == Array(text.utf8))
            }
        }
    }

    @Test("it grows as far as it must")
    func growth() {
        let long = String(repeating: "ab", count: 5_000)
        #expect(written { json in for _ in 0..<3 { json.raw(long) } } == long + long + long)
        var json = JSONWriter()
        json.raw("old")
        json.clear()
        json.raw("new")
        #expect(json.bytes == Array("new".utf8))
    }
}

@Suite struct UUIDTextTests {
    @Test("UUIDs in lower case become numbers and come back; nothing else does")
    func roundTrip() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<1_000 {
            let text = UUID().uuidString.lowercased()
            let number = UUIDText.number(text.utf8Span.span)
            #expect(number.map { UUIDText.text($0) } == text)
            var bytes = Array(text.utf8)
            let place = Int.random(in: 0..<36, using: &random)
            bytes[place] = [
                UInt8(ascii: "-"), UInt8(ascii: "G"), UInt8(ascii: "A"), UInt8(ascii: "g"), 0x2F, 0x3A, 0x60, 0xFF,
            ]
            .randomElement(using: &random)!
            let changed = UUIDText.number(bytes.span)
            #expect(changed == nil || bytes == Array(text.utf8), "\(bytes)")
        }
        #expect(UUIDText.number("".utf8Span.span) == nil)
        #expect(UUIDText.number("00000000-0000-0000-0000-0000000000000".utf8Span.span) == nil)
    }
}

@Suite struct StoredEventsTests {
    @Test("a collection of events like any other")
    func collection() {
        func event(_ text: String) -> StoredEvent {
            StoredEvent(
                user: UserKey(1),
                device: DeviceKey(1),
                carriesUserID: true,
                type: EventTypeID(1),
                time: Timestamp(milliseconds: 1),
                clientTime: Timestamp(milliseconds: 2),
                uploadTime: Timestamp(milliseconds: 3),
                insertID: text,
                context: ContextID(1),
                eventProperties: "{\"a\":\"\(text)\"}",
                extras: text.isEmpty ? nil : text
            )
        }
        let names = ["", "é", "67c5f0d4-1b7e-4b7e-8b7e-0123456789ab", "d"]
        var events = StoredEvents(names.map(event))
        #expect(Array(events) == names.map(event))
        events.append(events)
        #expect(Array(events) == (names + names).map(event))
        events.replaceSubrange(1..<6, with: [event("x")])
        #expect(events == StoredEvents(["", "x", names[2], "d"].map(event)))
        #expect(events != StoredEvents(["", "y", names[2], "d"].map(event)))
    }
}
