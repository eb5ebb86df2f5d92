import EventModel
import Foundation
import Testing

@testable import Ingestion

/// What the decoder reads against what Foundation reads from the same bytes.
@Suite struct PlainReadingTests {
    @Test("events of any form", arguments: 0..<30)
    func events(round: Int) throws {
        var random = SystemRandomNumberGenerator()
        let made = (0..<Int.random(in: 1..<60, using: &random)).map { _ in event(&random) }
        let body = try JSONSerialization.data(
            withJSONObject: ["api_key": "key", "options": ["min_id_length": 1], "events": made],
            options: Bool.random(using: &random) ? [.prettyPrinted] : []
        )
        let read = try RequestDecoder.decode(Array(body)).events.get().readEvents
        let whole = try JSONSerialization.jsonObject(with: body) as? [String: Any]
        let sent = try #require(whole?["events"] as? [[String: Any]])
        #expect(read.count == sent.count)
        for (event, sent) in zip(read, sent) {
            #expect(event.type == sent["event_type"] as? String)
            #expect(event.userID == sent["user_id"] as? String)
            if let deviceID = sent["device_id"] as? String {
                #expect(event.deviceID == deviceID)
            } else {
                #expect(event.deviceID?.hasSuffix("R") == true)
            }
            let insertID = sent["insert_id"] as? String
            #expect(event.insertID == (insertID == "" ? nil : insertID))
            #expect(event.time?.milliseconds == sent["time"] as? Int64)
            #expect(event.sessionID == sent["session_id"] as? Int64 ?? -1)
            for field in ["country", "platform", "os_name", "city"] {
                #expect(event.context[ContextField(name: field)!] == sent[field] as? String)
            }
            let properties = (sent["event_properties"] as? [String: Any] ?? [:]).filter { !($0.value is NSNull) }
            let stored = try JSONSerialization.jsonObject(with: Data(event.eventProperties.utf8))
            #expect(try Self.canonical(properties) == Self.canonical(stored))
            #expect(Set(event.eventPropertyNames) == Set(properties.keys))
            let extras = try event.extras.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) }
            #expect((extras as? [String: Any])?["plan"] as? [String: String] == sent["plan"] as? [String: String])
        }
    }

    private static func canonical(_ object: Any) throws -> String {
        // Read once more, so that numbers are of the same kinds on both sides.
        let data = try JSONSerialization.data(withJSONObject: object)
        let read = try JSONSerialization.jsonObject(with: data)
        return String(decoding: try JSONSerialization.data(withJSONObject: read, options: .sortedKeys), as: UTF8.self)
    }

    private func event(_ random: inout some RandomNumberGenerator) -> [String: Any] {
        var event: [String: Any] = ["event_type": word(&random)]
        if Bool.random(using: &random) { event["device_id"] = word(&random) }
        if event["device_id"] == nil || Bool.random(using: &random) { event["user_id"] = word(&random) }
        if Bool.random(using: &random) {
            event["insert_id"] = [UUID().uuidString.lowercased(), "a\"\\é", ""].randomElement()!
        }
        if Bool.random(using: &random) { event["time"] = Int64.random(in: -1 << 50...1 << 41, using: &random) }
        if Bool.random(using: &random) { event["session_id"] = Int64.random(in: 0...1 << 50, using: &random) }
        for field in ["country", "platform", "os_name", "city"] where Bool.random(using: &random) {
            event[field] = word(&random)
        }
        if Bool.random(using: &random) { event["plan"] = ["branch": word(&random)] }
        if Bool.random(using: &random) {
            var properties: [String: Any] = [:]
            for _ in 0..<Int.random(in: 0..<8, using: &random) { properties[word(&random)] = value(3, &random) }
            event["event_properties"] = properties
        }
        return event
    }

    private func word(_ random: inout some RandomNumberGenerator) -> String {
        let letters = ["a", "é", "東", "🦊", "\"", "\\", "\n", "\u{1}", "$", "z", " "]
        let text = (0..<Int.random(in: 1..<20, using: &random)).map { _ in letters.randomElement(using: &random)! }
        return "w" + text.joined() + "w"
    }

    private func value(_ levels: Int, _ random: inout some RandomNumberGenerator) -> Any {
        switch Int.random(in: 0..<(levels > 0 ? 8 : 6), using: &random) {
        case 0: NSNull()
        case 1: Bool.random(using: &random)
        case 2: Int64.random(in: .min ... .max, using: &random)
        case 3: Double(Int.random(in: -100_000...100_000, using: &random)) / 100
        case 4: Int.random(in: 0..<1_000, using: &random)
        case 5: word(&random)
        case 6: (0..<Int.random(in: 0..<4, using: &random)).map { _ in value(levels - 1, &random) }
        default:
            Dictionary(
                (0..<Int.random(in: 0..<4, using: &random)).map { _ in (word(&random), value(levels - 1, &random)) },
                uniquingKeysWith: { first, _ in first }
            )
        }
    }
}
