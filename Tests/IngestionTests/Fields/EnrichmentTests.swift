import EventModel
import Foundation
import GeoIP
import Testing
import UserAgents

@testable import Ingestion

private let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    .standardizedFileURL
private let oracles = package.appending(path: ".cache/oracles")

/// Reads events of one request that is sent from 192.0.2.200.
private func read(_ events: [String], _ enrichment: Enrichment) throws -> [ReadEvent] {
    let list = events.map { "{\"user_id\":\"user-1\",\"event_type\":\"A\",\($0)}" }.joined(separator: ",")
    let body = "{\"api_key\":\"key\",\"events\":[\(list)]}"
    return try RequestDecoder.decode(Array(body.utf8), remoteAddress: "192.0.2.200", enrichment: enrichment)
        .events.get().readEvents
}

private func read(_ fields: String, _ enrichment: Enrichment) throws -> EventContext {
    try #require(try read([fields], enrichment).first).context
}

extension EventContext {
    fileprivate var place: [String?] { [self[.country], self[.region], self[.city], self[.dma]] }
    fileprivate var device: [String?] {
        [self[.platform], self[.osName], self[.osVersion], self[.deviceBrand], self[.deviceModel]]
    }
}

@Suite("the place of an event's address") struct PlaceTests {
    private let enrichment: Enrichment
    private static let sanFrancisco = [
        "United States", "California", "San Francisco", "San Francisco-Oakland-San Jose, CA",
    ]

    init() throws {
        enrichment = Enrichment(places: try GeoDatabase(path: oracles.appending(path: "places.mmdb").path))
    }

    @Test("fills country, region, city and market area")
    func fills() throws {
        #expect(try read("\"ip\":\"192.0.2.1\"", enrichment).place == Self.sanFrancisco)
        #expect(try read("\"ip\":\"2001:db8::1\"", enrichment).place == ["Côte d'Ivoire", nil, "Abidjan", "9"])
    }

    @Test("$remote is where the request comes from")
    func remote() throws {
        let place = ["United Kingdom", "Hertfordshire", "Hemel Hempstead", nil]
        #expect(try read("\"ip\":\"$remote\"", enrichment).place == place)
    }

    @Test(
        "any of the four that is sent, and the address says nothing",
        arguments: ["country", "region", "city", "dma"]
    )
    func explicit(field: String) throws {
        for fields in ["\"\(field)\":\"X\",\"ip\":\"192.0.2.1\"", "\"ip\":\"192.0.2.1\",\"\(field)\":\"X\""] {
            #expect(try read(fields, enrichment).place.compactMap(\.self) == ["X"])
        }
        for empty in ["null", "\"\""] {
            let place = try read("\"\(field)\":\(empty),\"ip\":\"192.0.2.1\"", enrichment).place
            #expect(place == Self.sanFrancisco, "\(empty) is no place")
        }
    }

    @Test("without an address, with an unknown one, or without a file there is no place")
    func nothing() throws {
        #expect(try read("\"plan\":{}", enrichment).place == [nil, nil, nil, nil])
        #expect(try read("\"ip\":\"10.0.0.1\"", enrichment).place == [nil, nil, nil, nil])
        #expect(try read("\"ip\":\"nonsense\"", enrichment).place == [nil, nil, nil, nil])
        #expect(try read("\"ip\":\"192.0.2.1\"", .none).place == [nil, nil, nil, nil])
    }

    @Test("each event of a request has its own place, and equal places are one context")
    func several() throws {
        let events = try read(
            ["192.0.2.1", "10.0.0.1", "192.0.2.2", "198.51.100.1", "198.18.0.9"].map { "\"ip\":\"\($0)\"" }
                + ["\"a\":1"],
            enrichment
        )
        let countries = events.map { $0.context[.country] }
        #expect(countries == ["United States", nil, "United States", "Germany", "Japan", nil])
        #expect(Set(events.map(\.contextFingerprint)).count == 4)
        #expect(events[0].contextFingerprint == events[2].contextFingerprint)
        #expect(events[1].contextFingerprint == events[5].contextFingerprint)
    }

    @Test("the forms' events have one too")
    func forms() throws {
        let json = "{\"user_id\":\"user-1\",\"event_type\":\"A\",\"ip\":\"192.0.2.1\"}"
        let batch = try RequestDecoder.events(inForm: json, .event, enrichment: enrichment)
        #expect(batch.readEvents.first?.context.place == Self.sanFrancisco)
    }
}

@Suite("what an event's user agent tells") struct EventUserAgentTests {
    private let enrichment: Enrichment

    init() throws {
        let file = package.appending(path: ".user-agents/user-agents.json")
        enrichment = Enrichment(agents: try UserAgentReader(path: file.path))
    }

    @Test(
        "the os is the browser, the device the machine",
        arguments: [
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36",
                ["Web", "Chrome", "137", "Apple", "Mac"], "Mac OS X", "Mac"
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/121.0.2277.83",
                ["Web", "Edge", "121", nil, "Windows"], "Windows", "Windows"
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:122.0) Gecko/20100101 Firefox/122.0",
                ["Web", "Firefox", "122", nil, "Linux"], "Linux", "Linux"
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1",
                ["Web", "Mobile Safari", "17", "Apple", "iPhone"], "Apple iPhone", "Apple iPhone"
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/107.0.0.0 Mobile Safari/537.36",
                ["Web", "Chrome Mobile", "107", nil, "Android"], "Android", "Android"
            ),
            (
                "Mozilla/5.0 (Linux; Android 13; SM-S908B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36",
                ["Web", "Samsung Internet", "23", "Samsung", "SM-S908B"], "Samsung", "Samsung SM-S908B"
            ),
            (
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                ["Web", "Googlebot", "2", nil, "Spider"], "Spider", "Spider"
            ),
            ("curl/8.5.0", [nil, "curl", "8", nil, nil], nil, nil),
            ("My own program", [nil, nil, nil, nil, nil], nil, nil),
        ] as [(String, [String?], String?, String?)]
    )
    func device(agent: String, device: [String?], family: String?, type: String?) throws {
        let context = try read("\"user_agent\":\"\(agent)\"", enrichment)
        #expect(context.device == device)
        #expect(context.deviceFamily == family)
        #expect(context.deviceType == type)
    }

    private static let firefox =
        "\"user_agent\":\"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:122.0) Gecko/20100101 Firefox/122.0\""

    @Test("what the event says itself is stronger than its user agent")
    func explicit() throws {
        let enrichment = enrichment
        #expect(try read(Self.firefox, enrichment).device == ["Web", "Firefox", "122", "Apple", "Mac"])
        #expect(try read("\(Self.firefox),\"os_name\":\"macOS\"", enrichment).device == [nil, "macOS", nil, nil, nil])
        #expect(try read("\(Self.firefox),\"device_model\":\"X\"", enrichment).device == [nil, nil, nil, nil, "X"])
        #expect(try read("\(Self.firefox),\"platform\":\"App\"", enrichment).device[0] == "App")
    }

    @Test("without patterns it is kept, and tells nothing")
    func off() throws {
        let event = try #require(try read([Self.firefox], .none).first)
        #expect(event.context.device == [nil, nil, nil, nil, nil])
        #expect(event.extras == "{\(Self.firefox)}")
    }
}
