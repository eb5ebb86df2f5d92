import Compression
import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import NIOCore
import Storage
import TestSupport
import Testing

@testable import AmplitudeAPI

/// Whatever is asked after a deletion is answered as by a server that has never heard of the person; and after a cancel as
/// before the request.
@Suite struct DeletedPeopleAnswersTests {
    /// What says nothing of people's events, so that no random request asks it; by how their paths begin.
    private static let silent = [
        "/api/2/taxonomy/", "/api/3/lookup_table", "/api/2/lookup_table", "/api/v1/custom-events", "/api/2/annotations",
        "/api/3/annotation",
        // Of what was received, whatever became of it.
        "/api/v1/ledger",
        // Of what is taken out of the files.
        "/api/v1/compaction", "/api/v1/keeping",
        // Looked at by the tests of saved charts.
        "/api/v1/charts", "/api/3/chart/",
        // Of who may ask.
        "/api/v1/admin/",
        // Looked at by the tests of cohorts.
        "/api/3/cohorts", "/api/5/cohorts/", "/api/v1/cohorts",
        // Looked at below.
        "/api/2/export", "/api/v1/export", "/api/2/dsar/requests/", "/api/2/deletions/users",
    ]

    private struct Sent {
        var isDeleted: Bool
        var json: String
    }

    /// Six others, of whom some are anonymous on a device or come to be so; and Dora, who is to be deleted: first anonymous,
    /// then by two ids, of which one is mapped to the other.
    private static func events(_ random: inout SeededRandom, _ count: Int, _ first: Int) -> [Sent] {
        (0..<count).map { index in
            let isDeleted = index >= 12 && random.once(in: 4)
            // Everybody else is there before her, so that their Amplitude IDs are the same without her.
            let user = index < 12 ? index % 6 : random.below(6)
            let time = 1_709_121_600_000 + Int64(random.below(170_000)) * 1_000
            let properties = [
                "\"level\":\(isDeleted ? "\"hers\"" : random.pick(["3", "\"3\"", "null", "true", "\"x\""]))",
                "\"size\":\(isDeleted ? 7_777 : random.below(30))",
                "\"tags\":\(isDeleted ? "[\"hers\",\"a\"]" : "[\"a\",\"b\"]")",
            ].filter { _ in random.once(in: 2) }
            let plan = isDeleted ? "\"secret\"" : random.pick(["\"free\"", "\"pro\""])
            var fields = [
                "\"event_type\":\"\(random.pick(["Play", "Stop", "Bu\u{308}y", "$x"]))\"", "\"time\":\(time)",
                "\"insert_id\":\"\(first + index)\"", "\"event_id\":\(first + index)",
                "\"event_properties\":{\(properties.joined(separator: ","))}",
                "\"user_properties\":{\"plan\":\(plan)}",
                "\"country\":\"\(isDeleted ? "Narnia" : random.pick(["Chad", "Mali"]))\"",
            ]
            let hers = [
                "\"user_id\":\"user-dora\",\"device_id\":\"device-dora\"", "\"device_id\":\"device-dora\"",
                "\"user_id\":\"user-dora-work\"",
            ]
            let others = user < 2 ? "\"device_id\":\"device-\(user)\"" : "\"user_id\":\"user-\(user)\""
            fields.append(isDeleted ? random.pick(hers) : others)
            if random.once(in: 3) { fields.append("\"revenue\":\(isDeleted ? 1_000_000 : random.below(9))") }
            if random.once(in: 2) { fields.append("\"session_id\":\(isDeleted ? 5 : time)") }
            return Sent(isDeleted: isDeleted, json: "{\(fields.joined(separator: ","))}")
        }
    }

    /// Some that anybody might send, and some that look for her.
    private static func requests(_ random: SeededRandom) -> [(path: String, address: String)] {
        var source = RandomRequest(random: random, unbuilt: ["/api/2/events/list"])
        var requests = (0..<250).map { _ in
            let (path, parameters) = source.next()
            let query = parameters.map { name, value in
                "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
            }.joined(separator: "&")
            return (path: path, address: "\(path)?\(query)")
        }
        for user in ["user-dora", "device-dora", "user-dora-work", "user-d", "7", "8", "9"] {
            for path in ["/api/2/usersearch", "/api/2/useractivity"] { requests.append((path, "\(path)?user=\(user)")) }
        }
        for user in ["user-dora", "user-dora-work", "user-3"] {
            let profile = "/v1/userprofile"
            requests.append((profile, "\(profile)?user_id=\(user)&get_amp_props=true&get_cohort_ids=true"))
            requests.append(("/api/2/usermap", "/api/2/usermap?user_ids=\(user)"))
        }
        requests.append(("/v1/userprofile", "/v1/userprofile?device_id=device-dora"))
        let (days, play) = ("start=20240226&end=20240305", "%7B%22event_type%22%3A%22Play%22%7D")
        let active = "%7B%22event_type%22%3A%22_active%22%7D"
        let plain = [
            "events/segmentation?e=\(play)&m=totals&g=country&", "events/segmentation?e=\(active)&m=uniques&",
            "events/segmentation?e=\(play)&formula=PROPSUM(A)&m=formula&", "users?m=active&", "users?m=new&g=gp:plan&",
            "composition?p=country&", "composition?p=gp:plan&", "revenue/day?m=total&", "revenue/ltv?m=0&",
            "funnels?e=\(play)&e=\(active)&", "retention?se=%7B%22event_type%22%3A%22_new%22%7D&re=\(active)&",
            "sessions/length?", "sessions/average?", "sessions/peruser?", "realtime?", "events/list?",
        ]
        for address in plain {
            let path = "/api/2/\(address.prefix { $0 != "?" })"
            requests.append((path, "/api/2/\(address)\(["realtime?", "events/list?"].contains(address) ? "" : days)"))
        }
        let range = "range=2024-02-26,2024-03-05"
        for name in ["dau", "wau", "mau", "users", "stickiness/daily", "stickiness/weekly", "lifecycle", "events"] {
            for rest in ["breakdown=country", "compare=previous", "breakdown=event_name&breakdown_limit=1"] {
                requests.append(("/api/v1/metrics/\(name)", "/api/v1/metrics/\(name)?\(range)&\(rest)"))
            }
        }
        for (name, rest) in [
            ("events/properties", "event=Play&property=country"), ("events/top", "order_by=users"),
            ("events/custom", "event=Play&property=user_id&metric=count"), ("events/first-time", "event=Play"),
            ("events/per-actor", "event=Play"), ("sessions", "breakdown=country"),
            ("sessions/unique", "granularity=week"), ("sessions/top", "property=country"),
        ] {
            requests.append(("/api/v1/metrics/\(name)", "/api/v1/metrics/\(name)?\(range)&\(rest)"))
        }
        return requests
    }

    private func send(_ events: [Sent], _ client: some TestClientProtocol) async throws {
        let (status, body) = try await client.post(events: "[\(events.map(\.json).joined(separator: ","))]")
        try #require(status == 200, "\(body)")
    }

    /// Rows have other numbers without her, and so what is made of them.
    private static func plain(_ body: String) -> String {
        body.replacing(/"uuid":"[^"]*"/, with: "").replacing(/"\$insert_id":"[0-9a-f-]{36}"/, with: "")
    }

    /// A random request's address, and its answer.
    private func answers(
        to requests: [(path: String, address: String)],
        _ client: some TestClientProtocol
    ) async throws -> [String] {
        var answers: [String] = []
        for request in requests {
            let (status, body) = try await client.get(request.address)
            // Of several mistakes any is named.
            answers.append(status == 200 ? "200 \(Self.plain(body))" : "\(status)")
        }
        return answers
    }

    /// The lines of a zip export, sorted; `nil` for a 404.
    private func export(_ client: some TestClientProtocol) async throws -> [String]? {
        var headers: HTTPFields = [:]
        headers[.authorization] = TestServer.credentials
        return try await client.execute(
            uri: "/api/2/export?start=20240301T12&end=20240301T12",
            method: .get,
            headers: headers
        ) { answer in
            if answer.status == .notFound { return nil }
            return try lines(ofExport: Array(buffer: answer.body)).map(Self.plain).sorted()
        }
    }

    @Test(
        "after a deletion nothing is left of somebody in any answer, and after a cancel all is as before",
        arguments: 0..<3
    )
    func everyQuestion(seed: UInt64) async throws {
        let (server, other) = (try TestServer(), try TestServer())
        let project = try #require(await server.project(withAPIKey: TestServer.apiKey))
        var random = SeededRandom(seed: 400 + seed)
        let parts = (0..<3).map { Self.events(&random, $0 == 0 ? 60 : 40, $0 * 100) }
        let requests = Self.requests(random)
        try await server.application.test(.router) { client in
            try await other.application.test(.router) { oracle in
                for (number, part) in parts.enumerated() {
                    try await send(part, client)
                    try await send(part.filter { !$0.isDeleted }, oracle)
                    // So that some of it is in the base, and some beside it.
                    if number == 0 { _ = try await answers(to: Array(requests[..<20]), client) }
                }
                let mapping = "mapping=[{\"user_id\":\"user-dora-work\",\"global_user_id\":\"user-dora\"}]"
                _ = try await client.execute(
                    uri: "/usermap",
                    method: .post,
                    headers: [.contentType: "application/x-www-form-urlencoded"],
                    body: ByteBuffer(string: "\(mapping)&api_key=\(TestServer.apiKey)")
                ) { #expect($0.status == .ok) }
                let before = try await answers(to: requests, client)
                let wanted = try await answers(to: requests, oracle)
                let exportBefore = try await export(client)
                let pageBefore = Self.plain(try await client.get("/api/v1/export").body)
                let exportWanted = try await export(oracle)
                #expect(exportBefore != nil && exportWanted != nil && exportBefore != exportWanted)

                let dora = try #require(try server.user(withID: "user-dora")).key
                let asked = try await client.request(
                    .post,
                    "/api/2/dsar/requests",
                    """
                    {"userId":"user-dora","startDate":"2024-01-01","endDate":"2024-12-31"}
                    """
                )
                #expect(asked.status == 202)
                let deletion = try await client.request(
                    .post,
                    "/api/2/deletions/users",
                    "{\"user_ids\":[\"user-dora\"]}"
                )
                #expect(deletion.status == 200)

                let after = try await answers(to: requests, client)
                for (index, request) in requests.enumerated() {
                    #expect(after[index] == wanted[index], "seed \(seed), request \(index): \(request.address)")
                }
                #expect(try await export(client) == exportWanted)
                let page = Self.plain(try await client.get("/api/v1/export").body)
                let pageWanted = Self.plain(try await oracle.get("/api/v1/export").body)
                #expect(page == pageWanted)
                #expect(try await client.get("/api/v1/export/merged-ids").body == "")
                #expect(try await client.get("/api/2/dsar/requests/1").status == 404)
                #expect(try await client.get("/api/2/dsar/requests/1/outputs/0").status == 404)
                let again = try await client.request(
                    .post,
                    "/api/2/dsar/requests",
                    """
                    {"amplitudeId":\(dora.number),"startDate":"2024-01-01","endDate":"2024-12-31"}
                    """
                )
                #expect(again.status == 404)

                // The test looks at something, and at everything.
                let changed = requests.indices.filter { before[$0] != after[$0] }
                #expect(changed.count > 25, "\(changed.count)")
                let answered = Set(requests.indices.filter { after[$0].hasPrefix("200") }.map { requests[$0].path })
                for served in ServedEndpoint.built where served.endpoint.methods.contains(.get) {
                    let path = served.endpoint.path
                    guard case .role = served.endpoint.access, !Self.silent.contains(where: path.hasPrefix) else {
                        continue
                    }
                    #expect(answered.contains(path), "\(served) was not asked")
                }

                let cancel = try await client.request(.delete, "/api/2/deletions/users/\(dora.number)/2024-03-02", "")
                #expect(cancel.status == 200)
                #expect(try project.record.hiddenPeople().isEmpty)
                let back = try await answers(to: requests, client)
                for (index, request) in requests.enumerated() {
                    #expect(back[index] == before[index], "seed \(seed), request \(index): \(request.address)")
                }
                #expect(try await export(client) == exportBefore)
                let pageBack = Self.plain(try await client.get("/api/v1/export").body)
                #expect(pageBack == pageBefore)
            }
        }
    }
}
