import Foundation
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

/// Large events of people with many properties: what was acknowledged can always be asked.
/// Source: Documentation/events-and-identity.md E15.
@Suite("large data") struct LargeDataTests {
    private static let people = 650
    private static let events = 6_500

    /// Texts that are unlike each other, so that nothing compresses them much.
    private static let texts: [String] = {
        var random = SeededRandom(seed: 7)
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
        return (0..<200).map { _ in String((0..<1_000).map { _ in random.pick(letters) }) }
    }()

    private static func list(_ first: Int) -> String {
        "[\((first..<first + 20).map { "\"\(texts[$0 % texts.count])\"" }.joined(separator: ","))]"
    }

    /// Of person n % 650: first with 20 KB of properties, then each with one change of them.
    private static func event(_ number: Int) -> String {
        let person = number % people
        var fields = [
            "\"user_id\":\"person-\(person)\"", "\"event_type\":\"\(number % 2 == 0 ? "Even" : "Odd")\"",
            "\"time\":\(1_709_251_200_000 + number)", "\"session_id\":\(1_709_251_200_000 + person)",
            "\"event_properties\":{\"ok\":\(number % 5),\"l\":\(list(number))}",
        ]
        if number < people {
            let properties = (0..<20).map { "\"p\($0)\":\"\(texts[(person + $0) % texts.count])\"" }
            fields.append("\"user_properties\":{\"plan\":\"\(person % 3)\",\(properties.joined(separator: ","))}")
        } else if number < 2 * people {
            fields.append("\"user_properties\":{\"seen\":\(number % 7)}")
        }
        return "{\(fields.joined(separator: ","))}"
    }

    private struct Question {
        var path: String
        /// What must be in the answer.
        var part: String
    }

    private static let days = "start=20240301&end=20240301"

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics)!
    }

    private static let questions: [Question] = {
        func segmentation(_ event: String, _ more: String = "m=totals") -> String {
            "/api/2/events/segmentation?\(days)&\(more)&e=\(escaped(event))"
        }
        let (even, odd) = ("{\"event_type\":\"Even\"}", "{\"event_type\":\"Odd\"}")
        let byOK = "{\"event_type\":\"Even\",\"group_by\":[{\"type\":\"event\",\"value\":\"ok\"}]}"
        let ok =
            "{\"event_type\":\"Odd\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"ok\","
            + "\"subprop_op\":\"is\",\"subprop_value\":[\"3\"]}]}"
        let plan = "{\"event_type\":\"Odd\",\"group_by\":[{\"type\":\"user\",\"value\":\"plan\"}]}"
        let ofText =
            "{\"event_type\":\"Odd\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"l\","
            + "\"subprop_op\":\"is\",\"subprop_value\":[\"\(texts[0])\"]}]}"
        let seen = escaped("[{\"prop\":\"gp:seen\",\"op\":\"is\",\"values\":[\"3\"]}]")
        return [
            Question(path: segmentation(even), part: "\"series\":[[3250]]"),
            Question(path: segmentation(even, "m=uniques"), part: "\"series\":[[325]]"),
            Question(path: segmentation(byOK), part: "[650]"), Question(path: segmentation(ok), part: "[[650]]"),
            Question(path: segmentation(plan), part: "\"series\":[["),
            // Odd numbers of whose twenty texts, counted on from the number modulo 200, one is the first.
            Question(path: segmentation(ofText), part: "[[320]]"),
            Question(path: segmentation(odd, "m=totals&s=\(seen)"), part: "\"series\":[["),
            Question(path: "/api/2/funnels?\(days)&e=\(escaped(even))&e=\(escaped(even))", part: "[325,325]"),
            Question(path: "/api/2/retention?\(days)&se=\(escaped(even))&re=\(escaped(even))", part: "\"outof\":325"),
            Question(path: "/api/2/users?\(days)&m=active", part: "[[650]]"),
            Question(path: "/api/2/composition?\(days)&p=plan", part: "217"),
            Question(path: "/api/2/sessions/length?\(days)", part: "\"series\":"),
            Question(path: "/api/2/revenue/ltv?\(days)", part: "\"series\":"),
            Question(path: "/api/2/events/list", part: "\"totals\":3250"),
            Question(path: "/api/2/usersearch?user=person-12", part: "\"user_id\":\"person-12\""),
            Question(path: "/api/2/useractivity?user=4&limit=10", part: "\"num_events\":10"),
            Question(path: "/api/2/useractivity?user=4&limit=10", part: texts[3 + 19]),
        ]
    }()

    private func ask(_ client: some TestClientProtocol, _ time: String) async throws {
        let credentials = Data("\(OracleServer.apiKey):\(OracleServer.secretKey)".utf8).base64EncodedString()
        for question in Self.questions {
            let headers: HTTPFields = [.authorization: "Basic \(credentials)"]
            let (status, text) = try await client.execute(uri: question.path, method: .get, headers: headers) {
                ($0.status.code, String(buffer: $0.body))
            }
            #expect(status == 200, "\(time): \(question.path.prefix(200)): \(text.prefix(500))")
            #expect(text.contains(question.part), "\(time): \(question.path.prefix(200)): \(text.prefix(500))")
        }
    }

    @Test("6,500 events of 20 KB, of people with 20 KB each: every question, before and after a restart")
    func everyQuestion() async throws {
        let server = try OracleServer(feedsWhileRunning: true)
        try await server.application.test(.router) { client in
            for start in stride(from: 0, to: Self.events, by: 500) {
                let events = (start..<start + 500).map(Self.event).joined(separator: ",")
                let body = "{\"api_key\":\"\(OracleServer.apiKey)\",\"events\":[\(events)]}"
                let (status, text) = try await client.execute(
                    uri: "/batch",
                    method: .post,
                    body: ByteBuffer(string: body)
                ) { ($0.status.code, String(buffer: $0.body)) }
                #expect(status == 200, "\(text.prefix(500))")
            }
            try await ask(client, "at once")
            try await server.restart()
            try await ask(client, "after a restart")
        }
    }
}
