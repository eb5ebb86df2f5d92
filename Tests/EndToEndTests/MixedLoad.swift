import Foundation
import TestSupport
import Testing

/// What several clients send at once: events alone and in batches, identifies, devices that log in, and some of it twice.
///
/// It knows all that it has sent and which answers came, so that it can say what must be stored after any end.
actor MixedLoad {
    /// One request, to be sent any number of times.
    struct Request: Sendable {
        var name: String
        var path: String
        var events: [LoadEvent]
    }

    /// The type of its events.
    let name: String
    private var random: SeededRandom
    /// In the order in which they were first sent.
    private(set) var requests: [Request] = []
    private(set) var acknowledged: Set<String> = []
    private(set) var refusals: [String] = []
    /// Requests that must follow another one: who begins to log in does so in the end.
    private var logins: [Request] = []
    private var identifies: [Int: Int] = [:]
    private var numbers = 0

    private static let clients = 4
    /// A chart shows at most 1,000 groups, and each request is to be one.
    private static let mostRequests = 700
    private static let noon: Int64 = 1_709_294_400_000
    private static let day = "20240301-20240301"

    init(name: String, seed: UInt64) {
        self.name = name
        random = SeededRandom(seed: seed)
    }

    var eventCount: Int { requests.reduce(0) { $0 + $1.events.count } }
    var acknowledgedEventCount: Int {
        requests.reduce(0) { acknowledged.contains($1.name) ? $0 + $1.events.count : $0 }
    }
    var insertIDs: [String] { requests.flatMap { $0.events.map(\.insertID) } }

    func forgetRefusals() { refusals = [] }

    // MARK: Sending

    /// Sends until the server does not answer any more.
    func run(against project: ProjectClient) async {
        await withTaskGroup { group in
            for client in 0..<Self.clients {
                group.addTask {
                    while let next = await self.next(client) {
                        for request in next { guard await self.send(request, to: project) else { return } }
                    }
                }
            }
        }
    }

    private func next(_ client: Int) -> [Request]? {
        guard numbers < Self.mostRequests else { return nil }
        numbers += 1
        let number = numbers
        let user = "user-\(name)-\(client)"
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: return [request(number, "/2/httpapi", [LoadEvent(user, "device-\(client)", name)])]
        case 4..<6:
            let events = (0..<20).map { _ in LoadEvent(user, "device-\(client)", name) }
            return [request(number, "/batch", events)]
        case 6:
            identifies[client, default: 0] += 1
            var identify = LoadEvent(user, nil, "$identify")
            identify.userProperties = ["$add": ["visits": 1]]
            return [request(number, "/2/httpapi", [identify])]
        case 7..<9:
            // Seen first without a name, so that the login makes one person of two.
            let device = "phone-\(name)-\(number)"
            let before = request(number, "/2/httpapi", [LoadEvent(nil, device, name)])
            let after = request(number, "/2/httpapi", [LoadEvent(user, device, name)], "login ")
            logins.append(after)
            return [before, after]
        default:
            return requests.filter { acknowledged.contains($0.name) }.randomElement(using: &random).map { [$0] } ?? []
        }
    }

    private func request(_ number: Int, _ path: String, _ events: [LoadEvent], _ kind: String = "") -> Request {
        let request = "\(kind)\(number)"
        var events = events
        for index in events.indices {
            events[index].insertID = "\(name) \(request) \(index)"
            events[index].time = Self.noon
            events[index].eventProperties = ["request": request]
        }
        return Request(name: request, path: path, events: events)
    }

    /// - Returns: whether there was an answer.
    @discardableResult
    private func send(_ request: Request, to project: ProjectClient) async -> Bool {
        if !requests.contains(where: { $0.name == request.name }) { requests.append(request) }
        guard let answer = try? await project.send(request.events, to: request.path) else { return false }
        if answer.status == 200 {
            acknowledged.insert(request.name)
        } else {
            refusals.append(answer.text)
        }
        return true
    }

    // MARK: What must be there

    /// After an end: each acknowledged request is there in full, each other one in full or not at all.
    func expectAcknowledged(in project: ProjectClient, _ when: String) async throws {
        #expect(refusals == [], "\(when)")
        let counts = try await counts(in: project)
        let counted = requests.filter { $0.events[0].eventType == name }
        let lost = counted.filter { acknowledged.contains($0.name) && counts[$0.name] != $0.events.count }
        #expect(lost.map(\.name) == [], "acknowledged, but not there once, \(when)")
        let other = counted.filter {
            !acknowledged.contains($0.name) && ![nil, $0.events.count].contains(counts[$0.name])
        }
        #expect(other.map(\.name) == [], "in part or more than once, \(when)")
    }

    /// Does what clients do that got no answer, and what they do whose answer was lost on the way; then everything is
    /// there once, and everybody is still the same person with the same properties.
    func complete(in project: ProjectClient) async throws {
        let started = Set(requests.map(\.name))
        let open = requests.filter { !acknowledged.contains($0.name) } + logins.filter { !started.contains($0.name) }
        let again = requests.filter { acknowledged.contains($0.name) }.shuffled(using: &random).prefix(10)
        for request in open + again { await send(request, to: project) }
        let ends = (0..<Self.clients).map { client in
            request(10_000 + client, "/2/httpapi", [LoadEvent("user-\(name)-\(client)", nil, "\(name) End")])
        }
        for request in ends { await send(request, to: project) }
        #expect(requests.allSatisfy { acknowledged.contains($0.name) })
        try await expectAcknowledged(in: project, "after sending again")

        let people = try await project.chart(#"{"event_type":"_all"}"#, m: "uniques", days: Self.day)
        #expect(people.only?.collapsed ?? 0 > 0)
        let users = Set(requests.flatMap(\.events).filter { $0.eventType == name }.compactMap(\.userID))
        if !users.isEmpty {
            let uniques = try await project.chart(#"{"event_type":"\#(name)"}"#, m: "uniques", days: Self.day)
            #expect(uniques.only?.collapsed == users.count, "each device has become one of its user's")
        }
        let visits = (0..<Self.clients).map { identifies[$0].map(String.init) ?? "(none)" }
        let e = #"{"event_type":"\#(name) End","group_by":[{"type":"user","value":"gp:visits"}]}"#
        let found = try await project.chart(
            identifies.isEmpty ? #"{"event_type":"\#(name) End"}"# : e,
            m: "totals",
            days: Self.day
        )
        let expected = Dictionary(visits.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(
            found.collapsedGroups == (identifies.isEmpty ? ["0": Self.clients] : expected),
            "each identify counts once"
        )
    }

    /// Stored events by request; identifies are none.
    private func counts(in project: ProjectClient) async throws -> [String: Int] {
        guard requests.contains(where: { $0.events[0].eventType == name }) else { return [:] }
        let e = #"{"event_type":"\#(name)","group_by":[{"type":"event","value":"request"}]}"#
        // Nothing of the round may have been stored; then the server does not know its name.
        guard try await project.knows(name) else { return [:] }
        return try await project.chart(e, m: "totals", days: Self.day).collapsedGroups
    }
}

/// An event of the load.
struct LoadEvent: Encodable, Sendable {
    var userID: String?
    var deviceID: String?
    var eventType: String
    var insertID = ""
    var time: Int64 = 0
    var eventProperties: [String: String] = [:]
    var userProperties: [String: [String: Int]] = [:]

    init(_ userID: String?, _ deviceID: String?, _ eventType: String) {
        self.userID = userID
        self.deviceID = deviceID
        self.eventType = eventType
    }

    private enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case deviceID = "device_id"
        case eventType = "event_type"
        case insertID = "insert_id"
        case time
        case eventProperties = "event_properties"
        case userProperties = "user_properties"
    }
}
