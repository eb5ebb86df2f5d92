import Foundation
import TestSupport
import Testing

@testable import GeoIP

@Suite("places of addresses") struct GeoDatabaseTests {
    /// What the official reader finds, by address.
    private struct Expected: Decodable {
        var country: String?
        var region: String?
        var city: String?
        var metro: Int?
    }

    private static let oracles = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../.cache/oracles").standardizedFileURL

    private static func database() throws -> GeoDatabase {
        try GeoDatabase(path: oracles.appending(path: "places.mmdb").path)
    }

    @Test("IPv4 and IPv6, names and regions: what the official reader finds")
    func oracle() throws {
        let database = try Self.database()
        let data = try Data(contentsOf: Self.oracles.appending(path: "places.json"))
        let places = try JSONDecoder().decode([String: Expected].self, from: data)
        #expect(places.values.count { $0.country != nil } > 5, "the oracle knows some places")
        for (address, expected) in places {
            let place = database.place(of: address) ?? Place()
            #expect(place.country == expected.country, "\(address)")
            #expect(place.region == expected.region, "\(address)")
            #expect(place.city == expected.city, "\(address)")
            #expect(place.dma == expected.metro.map { $0 == 807 ? "San Francisco-Oakland-San Jose, CA" : "\($0)" })
        }
        #expect(database.type == "Antinode-Test-City")
    }

    @Test(
        "what is no address has no place",
        arguments: ["", "here", "192.0.2", "192.0.2.1 ", "::ffff:", "192.0.2.1:80"]
    )
    func noAddress(text: String) throws {
        #expect(try Self.database().place(of: text) == nil)
    }

    @Test("many threads at once")
    func threads() async throws {
        let database = try Self.database()
        let found = await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    (0..<1_000).count { database.place(of: "192.0.2.\(($0 + task) % 128)")?.city == "San Francisco" }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(found == 8_000)
    }

    @Test("a missing file, an empty one and half a one are named, with what to do")
    func damaged() throws {
        let folder = try TemporaryFolder().made()
        let whole = try Data(contentsOf: Self.oracles.appending(path: "places.mmdb"))
        for (name, bytes) in [("missing", nil), ("empty", Data()), ("half", whole.prefix(whole.count / 2))] {
            let file = folder.url.appending(path: name)
            try bytes?.write(to: file)
            let error = #expect(throws: GeoDatabaseError.self) { try GeoDatabase(path: file.path) }
            #expect(error?.message.hasPrefix("The file of places \(file.path) cannot be read: ") == true)
            #expect(error?.message.contains("GeoLite2-City.mmdb") == true)
        }
    }

    /// Each byte is wrong once, so that every kind of damage is met.
    @Test("a file with a wrong byte gives a place, none, or an error; it never crashes")
    func wrongByte() throws {
        let folder = try TemporaryFolder().made()
        let file = folder.url.appending(path: "damaged.mmdb")
        let whole = try Data(contentsOf: Self.oracles.appending(path: "places.mmdb"))
        var answers = 0
        for index in whole.indices {
            var bytes = whole
            bytes[index] ^= 0xFF
            try bytes.write(to: file)
            guard let database = try? GeoDatabase(path: file.path) else { continue }
            for address in ["192.0.2.1", "2001:db8::1", "198.51.100.7"] where database.place(of: address) != nil {
                answers += 1
            }
        }
        #expect(answers > 0)
    }

    @Test("every market area is in the list once")
    func metroAreas() {
        #expect(MetroAreas.name(ofCode: 501) == "New York, NY")
        #expect(MetroAreas.name(ofCode: 881) == "Spokane, WA")
        #expect(MetroAreas.name(ofCode: 1) == "1")
        #expect((500...900).count { MetroAreas.name(ofCode: $0) != String($0) } == 210)
    }
}
