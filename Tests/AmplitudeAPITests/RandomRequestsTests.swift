import EventModel
import Foundation
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import HTTPEdge

/// Whatever is asked of the Dashboard API is answered or refused with a sentence: no request ends the server, or in a 5xx
/// but that of what is to come. `make fuzz-questions` asks many more.
@Suite struct RandomRequestsTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// In all.
    private static let count = environment["QUESTIONS"].flatMap { Int($0) } ?? 500
    private static let seed = environment["QUESTIONS_SEED"].flatMap { UInt64($0) } ?? 1
    private static let zones = ["UTC", "America/New_York", "Pacific/Apia", "Asia/Kathmandu", "Australia/Lord_Howe"]

    /// People with properties of every kind, in the days that are asked about, and beyond what charts show.
    private static func events(_ random: inout SeededRandom) -> [String] {
        let days: [Int64] = [
            1_325_203_200_000, 1_703_894_400_000, 1_709_121_600_000, 1_709_208_000_000, 1_709_290_000_000,
        ]
        return (0..<60).map { number in
            let user = random.below(9)
            let time =
                random.once(in: 20) ? Int64(random.below(9)) - 4 : random.pick(days) + Int64(random.below(90_000_000))
            let properties = [
                "\"level\":\(random.pick(["3", "\"3\"", "2.5", "null", "true", "-1e9", "\"x\""]))",
                "\"size\":\(random.below(30))", "\"tags\":\(random.pick(["[]", "[\"a\",\"b\"]", "[1,1]"]))",
                "\"both\":1",
            ].filter { _ in random.once(in: 2) }
            let traits = [
                "\"plan\":\(random.pick(["\"free\"", "\"pro\"", "[\"a\",\"ä\"]"]))", "\"both\":2",
                "\"ünï\":\"\\u0001\"",
            ].filter { _ in random.once(in: 2) }
            var fields = [
                "\"event_type\":\"\(random.pick(["Play", "Stop", "Bu\u{308}y", "$x"]))\"", "\"time\":\(time)",
                "\"insert_id\":\"\(number)\"", "\"event_properties\":{\(properties.joined(separator: ","))}",
                "\"user_properties\":{\(traits.joined(separator: ","))}",
                "\"country\":\"\(random.pick(["Chad", "Mali", ""]))\"",
            ]
            if user > 0 { fields.append("\"user_id\":\"user-\(user)\"") }
            if user == 0 || random.once(in: 3) { fields.append("\"device_id\":\"device-\(random.below(4))\"") }
            if random.once(in: 3) { fields.append("\"revenue\":\(random.pick(["5", "-2.5", "0", "1e300"]))") }
            if random.once(in: 2) { fields.append("\"session_id\":\(time)") }
            return "{\(fields.joined(separator: ","))}"
        }
    }

    @Test("every request is answered, or refused with a sentence", arguments: zones)
    func answered(zone: String) async throws {
        let number = Self.zones.firstIndex(of: zone) ?? 0
        let server = try TestServer(timeZone: try #require(ProjectTimeZone(name: zone)))
        try await server.application.test(.router) { client in
            var random = SeededRandom(seed: Self.seed &* 1_000 &+ UInt64(number))
            for part in 0..<3 {
                let (status, body) = try await client.post(events: "[\(Self.events(&random).joined(separator: ","))]")
                try #require(status == 200, "part \(part): \(body)")
            }
            let custom = "{\"events\":[{\"event_type\":\"Play\"},{\"event_type\":\"Stop\"}]}"
            #expect(try await client.request(.put, "/api/v1/custom-events/Any", custom).status == 200)
            #expect(try await client.request(.put, "/api/2/taxonomy/event/Stop", "is_active=false").status == 200)

            let unbuilt = ServedEndpoint.all.filter { !$0.endpoint.isBuilt && $0.endpoint.methods.contains(.get) }
            var requests = RandomRequest(random: random, unbuilt: unbuilt.map(\.examplePath))
            var refused = 0
            // By path and status; the paths of what is to come together.
            var tally: [String: Int] = [:]
            let count = Self.count / Self.zones.count
            for index in 0..<count {
                let (path, parameters) = requests.next()
                let query = parameters.map { name, value in
                    "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
                }.joined(separator: "&")
                let address = "\(path)?\(query)"
                let (status, body) = try await client.get(address)
                let place = "\(zone), seed \(Self.seed), request \(index): \(status) of \(address)"
                tally["\(status == 501 ? "to come" : path) \(status)", default: 0] += 1
                let json = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
                // All of them are of interest, not only the first.
                #expect(json != nil, "\(place): \(body.prefix(400))")
                if status == 200 || status == 501 { continue }
                #expect(
                    status == 400 || status == 404 || status == 414 || status == 431,
                    "\(place): \(body.prefix(400))"
                )
                let error = json?["error"] as? [String: Any]
                let sentence = error?["message"] as? String ?? ""
                #expect(sentence.contains(" ") && error?["http_code"] as? Int == status, "\(place): \(body)")
                refused += 1
            }
            if Self.environment["QUESTIONS"] != nil {
                let lines = tally.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
                print("\(zone), seed \(Self.seed)\n\(lines.joined(separator: "\n"))")
            }
            // Else nothing is found out about answers, or about refusals.
            #expect(
                count < 50 || (count / 10..<count * 9 / 10).contains(refused),
                "\(refused) of \(count) were refused"
            )
        }
    }
}
