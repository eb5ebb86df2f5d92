import Foundation
import Testing

/// A server whose project has what the examples of Amplitude's pages ask for: the events that they name, on days within
/// their ranges, and people like those whom they look up.
struct PageProject {
    let server: ServerProcess
    let keys: ProjectKeys
    let client: ProjectClient

    /// The device that one example looks up.
    static let device = "0786zXEdyOX1rS3M-P_m1d"
    /// The device of the person whom another one looks up by Amplitude ID.
    static let otherDevice = "XIYp6uKHkPD4dysiZHt-0p"
    /// The user of the page's answer about one person's activity.
    static let user = "myusername"

    static func start() async throws -> PageProject {
        let folder = try TestFolder()
        let keys = try await folder.createProject("pages")
        let server = try await ServerProcess.start(in: folder)
        let project = PageProject(server: server, keys: keys, client: server.client(keys))
        let events = "[\((shoppers() + anonymous() + connected() + activity()).joined(separator: ","))]"
        let sent = try await project.client.ask(
            "/2/httpapi",
            method: "POST",
            body: #"{"api_key":"\#(keys.apiKey)","events":\#(events)}"#
        )
        try #require(sent.status == 200, "\(sent.text)")
        return project
    }

    /// Amplitude ID of the one whom `usersearch` finds by a user or device id.
    func amplitudeID(of id: String) async throws -> Int {
        let answer = try await client.ask("/api/2/usersearch?user=\(id)")
        return try #require(PageJSON(answer.body)?.member("matches.0.amplitude_id")?.int, "\(id): \(answer.text)")
    }

    /// Saves a chart of the people who were active in January 2025, and returns its id.
    func savedChart() async throws -> String {
        let question = #"{"version":1,"type":"users","range":{"start":"2025-01-01","end":"2025-01-31"}}"#
        let made = try await client.ask(
            "/api/v1/charts",
            method: "POST",
            body: #"{"name":"People a day","question":\#(question)}"#
        )
        guard case .text(let id) = PageJSON(made.body)?.member("data.id") else {
            throw PageExample.Unusable(description: "no chart was saved: \(made.status) \(made.text)")
        }
        return id
    }

    /// Both keys as the pages' comments say: base64.
    var credentials: String { Data("\(keys.apiKey):\(keys.secretKey)".utf8).base64EncodedString() }

    // MARK: Events

    /// Three people of 2021, of whom one goes through the songs in the funnel's order, and two in another.
    private static func shoppers() -> [String] {
        let germany = #""country":"Germany","city":"Berlin","platform":"iOS","device_id":"phone-one""#
        let america = #""country":"United States","city":"San Francisco","platform":"Web","device_id":"browser-two""#
        let france = #""country":"France","city":"Paris","platform":"Android","device_id":"phone-three""#
        return [
            event("listener-one", "Search Song or Video", "2021-06-10T10:00:00Z", germany, session: 1),
            event("listener-one", "Select Song or Video", "2021-06-10T10:20:04Z", germany, session: 1),
            event("listener-one", "Search Song or Video", "2021-08-02T10:00:00Z", germany, session: 2),
            event("listener-one", "Select Song or Video", "2021-08-02T10:01:00Z", germany, session: 2),
            event("listener-one", "Share Song or Video", "2021-08-02T10:01:30Z", germany, session: 2),
            event("listener-one", "watch_tutorial", "2021-08-03T12:00:00Z", germany),
            event("listener-two", "Select Song or Video", "2021-08-02T09:00:00Z", america),
            event("listener-two", "Search Song or Video", "2021-08-02T09:00:01Z", america),
            event("listener-two", "Share Song or Video", "2021-08-02T09:00:02Z", america),
            event("listener-three", "Select Song or Video", "2021-08-10T09:00:00Z", france),
            event("buyer-four", "Purchase", "2021-12-05T09:00:00Z", #""revenue":9.99"#),
        ]
    }

    /// Nobody but their devices is known of these.
    private static func anonymous() -> [String] {
        [device, otherDevice].map {
            #"{"device_id":"\#($0)","event_type":"Search Song or Video","time":\#(milliseconds("2022-02-01T08:00:00Z"))"#
                + #","platform":"Web","country":"United States"}"#
        }
    }

    /// Clicks and purchases of January 2025.
    private static func connected() -> [String] {
        let gold = #""platform":"Web","user_properties":{"subscription_tier":"gold"}"#
        let silver = #""platform":"iOS","user_properties":{"subscription_tier":"silver"}"#
        return [
            event("clicker-one", "Table Click", "2025-01-02T10:00:00Z", gold),
            event("clicker-one", "Table Click", "2025-01-02T11:00:00Z", gold),
            event("clicker-two", "Table Click", "2025-01-20T11:00:00Z", silver),
            event("clicker-one", "Purchase", "2025-01-03T10:00:00Z", gold + #","event_properties":{"amount":150}"#),
            event("clicker-two", "Purchase", "2025-01-20T12:00:00Z", silver + #","event_properties":{"amount":100}"#),
        ]
    }

    /// The person of the page's answer: 142 events in 23 sessions of 2,570,259 ms, with two purchases of 4.99.
    private static func activity() -> [String] {
        let context = """
            "platform":"iOS","os_name":"ios","os_version":"8.2","device_model":"Apple iPhone","carrier":"AT&T",\
            "country":"United States","region":"California","city":"San Francisco",\
            "dma":"San Francisco-Oakland-San Jose, CA","language":"English","location_lat":37.133,\
            "location_lng":-122.241,"user_properties":{"gender":"female"}
            """
        var events: [String] = []
        // Sessions by events and length; the last one has two events.
        let sessions = Array(repeating: (6, 100_000), count: 21) + [(14, 370_259), (2, 100_000)]
        for (number, (count, length)) in sessions.enumerated() {
            let day = number == 22 ? milliseconds("2015-04-22T12:00:00Z") : 0
            let start = number == 22 ? day : milliseconds("2015-03-14T12:00:00Z") + Int64(number) * 86_400_000
            for place in 0..<count {
                let isFirst = number == 0 && place == 0
                let time = start + Int64(length * place / (count - 1))
                var more = context + #","app_version":"\#(isFirst ? "1.2.3" : "3.4.9")""#
                more += #","device_id":"\#(number == 5 ? "someotherdevice" : "somedevice")""#
                if number < 2, place == 3 { more += #","revenue":4.99"# }
                events.append(
                    #"{"user_id":"\#(user)","event_type":"Play","time":\#(time),"session_id":\#(start),\#(more)}"#
                )
            }
        }
        return events
    }

    private static func event(
        _ user: String,
        _ type: String,
        _ time: String,
        _ more: String,
        session: Int = -1
    ) -> String {
        #"{"user_id":"\#(user)","event_type":"\#(type)","time":\#(milliseconds(time)),"session_id":\#(session),\#(more)}"#
    }

    private static func milliseconds(_ time: String) -> Int64 {
        // Safe to force: the texts stand above.
        Int64(try! Date(time, strategy: .iso8601).timeIntervalSince1970) * 1000
    }
}
