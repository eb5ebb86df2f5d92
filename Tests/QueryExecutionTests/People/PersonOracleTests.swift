import DuckDBStore
import EventModel
import Foundation
import Logging
import ProjectStore
import Storage
import TestSupport
import Testing

@testable import Ingestion
@testable import QueryExecution

/// An event as the oracle sees it: the key that it was stored with, and plain values.
private struct PersonEvent {
    var key: Int
    var device: String
    var type: String
    var time: Int64
    var session: Int64
    var revenue: Double?
}

/// Keeps everything in plain collections, and counts by looking through them. Shares no code with what it checks.
private struct PeopleProject {
    /// In stored order.
    var events: [PersonEvent] = []
    /// A person of it is a key of the server, less one.
    var identity = PlainIdentity()
    var properties: [Int: [String: (value: Int, row: Int)]] = [:]
    var countries: [Int: (value: String, row: Int)] = [:]

    var keyCount: Int { identity.userIDs.count }

    func userID(_ key: Int) -> String? { identity.userIDs[key - 1] }

    /// The person as whom a key is shown: mapped users are others.
    func root(_ key: Int) -> Int { identity.rootByLogin(of: key - 1) + 1 }

    /// The people with an id that begins so, the last seen first.
    func lastSeen(withPrefix prefix: String, most: Int) -> [Int] {
        var people: Set<Int> = []
        for key in 1...keyCount where userID(key)?.hasPrefix(prefix) == true { people.insert(root(key)) }
        for device in Set(events.map(\.device)) where device.hasPrefix(prefix) {
            people.insert(root(identity.person(onDevice: device)! + 1))
        }
        func last(_ person: Int) -> Int64 {
            let stream = stream(person)
            let counted = events.filter { stream.contains($0.key) && $0.type != "$identify" }
            return counted.map(\.time).max() ?? .min
        }
        /// Behind all ids, who has none.
        func id(_ person: Int) -> [UInt32] { userID(person)?.unicodeScalars.map(\.value) ?? [.max] }
        let sorted = people.sorted { a, b in
            if last(a) != last(b) { return last(a) > last(b) }
            return id(a) == id(b) ? a < b : id(a).lexicographicallyPrecedes(id(b))
        }
        return Array(sorted.prefix(most))
    }

    /// Whose events a person's stream shows.
    func stream(_ person: Int) -> Set<Int> {
        let direct = (1...keyCount).filter { identity.standing(of: $0 - 1)?.into == person - 1 }
        return direct.reduce([person]) { $0.union(stream($1)) }
    }
}

@Suite struct PersonOracleTests {
    /// 2024-03-09T12:00Z, the day before New York's clocks change.
    private static let start: Int64 = 1_709_985_600_000
    private static let receivedAt = Timestamp(milliseconds: start + 7 * 86_400_000)

    @Test("equals naive sums, in both stores", arguments: 0..<6)
    func random(seed: Int) async throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        let memory = MemoryEventStore()
        let plain = try await fill(record, memory, seed: seed)
        let duckDB = try DuckDBEventStore(path: nil)
        for batch in try record.batches(after: .none, limit: .max) { try duckDB.append([batch]) }
        let name = ["UTC", "America/New_York"][seed % 2]
        for store in [memory, duckDB] as [any PeopleStore] {
            let engine = PeopleEngine(
                record: record,
                store: store,
                now: { Self.receivedAt },
                waitUntilVisible: { () throws(EventStoreError) in }
            )
            for key in 1...plain.keyCount {
                try await check(key, plain, engine, zone: name, "seed \(seed), key \(key), \(type(of: store))")
            }
            for (mostByPrefix, mostLookedAt) in [(100, 1_000), (100, 0), (2, 1_000), (2, 0)] {
                let engine = PeopleEngine(
                    record: record,
                    store: store,
                    now: { Self.receivedAt },
                    mostByPrefix: mostByPrefix,
                    mostLookedAt: mostLookedAt,
                    waitUntilVisible: { () throws(EventStoreError) in }
                )
                for prefix in ["user ", "device ", "d"] {
                    let found = try await engine.search(prefix, zone: .utc).matches.map { Int($0.amplitudeID.number) }
                    let note = "seed \(seed), \(prefix), \(mostByPrefix) of \(mostLookedAt), \(type(of: store))"
                    #expect(found == plain.lastSeen(withPrefix: prefix, most: mostByPrefix), "\(note)")
                }
            }
        }
    }

    /// Sends random events to a server and to the oracle.
    private func fill(_ record: ProjectDatabase, _ store: MemoryEventStore, seed: Int) async throws -> PeopleProject {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let feeder = try StoreFeeder(store: store, journal: record, logger: logger)
        let writer = ProjectWriter(record: record, feeder: feeder, logger: logger, now: { Self.receivedAt })
        var inactive = EventTypeSettings()
        inactive.isActive = false
        var hidden = EventTypeSettings()
        hidden.isHiddenFromDropdowns = true
        try record.changeEventSettings { [inactive, hidden] in
            $0.types = [ExactText("Inactive"): inactive, ExactText("Hidden"): hidden]
        }
        var random = SeededRandom(seed: UInt64(seed))
        var plain = PeopleProject()
        var waiting: [String] = []
        for number in 0..<120 {
            if random.below(12) == 0, plain.identity.userIDs.count(where: { $0 != nil }) > 1 {
                _ = try await writer.store(Self.batch(waiting))
                waiting = []
                try await map(&plain, writer, &random)
                continue
            }
            let userID = random.below(2) == 0 ? nil : "user \(random.below(5))"
            let device = "device \(random.below(8))"
            let type = ["Play", "Play", "Inactive", "Hidden", EventNames.identify][random.below(5)]
            let time = Self.start + Int64(random.below(48)) * 3_600_000
            let session = random.below(3) == 0 ? -1 : Int64(random.below(6))
            let country = random.below(3) == 0 ? "country \(number)" : nil
            let property = random.below(4) == 0 ? "p\(random.below(3))" : nil
            let revenue = type != EventNames.identify && random.below(5) == 0 ? Double(random.below(8)) - 2.5 : nil
            var fields = ["\"device_id\":\"\(device)\",\"event_type\":\"\(type)\",\"time\":\(time)"]
            fields.append("\"session_id\":\(session)")
            if let userID { fields.append("\"user_id\":\"\(userID)\"") }
            if let country { fields.append("\"country\":\"\(country)\"") }
            if let property { fields.append("\"user_properties\":{\"$set\":{\"\(property)\":\(number)}}") }
            if let revenue { fields.append("\"revenue\":\(revenue)") }
            waiting.append("{\(fields.joined(separator: ","))}")

            let key = plain.identity.person(userID: userID, device: device, at: time) + 1
            if let property { plain.properties[key, default: [:]][property] = (number, plain.events.count) }
            if let country { plain.countries[key] = (country, plain.events.count) }
            plain.events.append(
                PersonEvent(key: key, device: device, type: type, time: time, session: session, revenue: revenue)
            )
        }
        _ = try await writer.store(Self.batch(waiting))
        try await feeder.waitUntilComplete()
        return plain
    }

    private static func batch(_ events: [String]) throws(RequestRefusal) -> IncomingBatch {
        let body =
            "{\"api_key\":\"key\",\"options\":{\"min_id_length\":1},\"events\":[\(events.joined(separator: ","))]}"
        return try RequestDecoder.decode(Array(body.utf8)).events.get()
    }

    /// Maps a user to one with a higher number, or takes a mapping back: so there are no circles.
    private func map(
        _ plain: inout PeopleProject,
        _ writer: ProjectWriter,
        _ random: inout SeededRandom
    ) async throws {
        let users = (1...plain.keyCount).filter { plain.userID($0) != nil }
        let user = users[random.below(users.count - 1)]
        let global = users[users.firstIndex(of: user)! + 1]
        var batch = IncomingBatch()
        let unmap = random.below(3) == 0
        batch.mappings = [
            UserMapping(userID: plain.userID(user)!, globalUserID: unmap ? nil : plain.userID(global))
        ]
        _ = try await writer.store(batch)
        let time = Self.receivedAt.milliseconds
        if unmap {
            plain.identity.unmap(user - 1, at: time)
        } else {
            plain.identity.map(user - 1, to: global - 1, at: time)
        }
    }

    private func check(
        _ key: Int,
        _ plain: PeopleProject,
        _ engine: PeopleEngine,
        zone name: String,
        _ note: String
    ) async throws {
        let zone = try #require(ProjectTimeZone(name: name))
        let person = plain.root(key)
        let stream = plain.stream(person)
        let all = plain.events.enumerated().filter { stream.contains($0.element.key) }
        let counted = all.filter { $0.element.type != "$identify" }

        let answer = try await engine.activity(
            of: .amplitudeID(AmplitudeID(Int64(key))),
            newestFirst: true,
            offset: 0,
            limit: 1000,
            zone: zone
        )
        let profile = try #require(answer.person)
        #expect(Int(profile.amplitudeID.number) == person, "\(note)")
        #expect(profile.userID == plain.userID(person), "\(note)")
        #expect(Set(profile.merged.map { Int($0.number) }) == stream.subtracting([person]), "\(note)")
        #expect(profile.activity.events == counted.count, "\(note)")
        #expect(profile.activity.purchases == counted.count { $0.element.revenue ?? 0 > 0 }, "\(note)")
        #expect(profile.activity.revenue == counted.reduce(0) { $0 + ($1.element.revenue ?? 0) }, "\(note)")

        let sessions = sessions(counted.map(\.element))
        #expect(profile.activity.sessions == sessions.count, "\(note)")
        let lengths = sessions.map { $0.filter { $0.type != "Hidden" }.map(\.time) }.map { times in
            times.isEmpty ? 0 : times.max()! - times.min()!
        }
        #expect(profile.activity.sessionMilliseconds == lengths.filter { $0 <= 86_400_000 }.reduce(0, +), "\(note)")

        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: name)!
        func day(_ time: Int64?) -> String? {
            guard let time else { return nil }
            let date = Date(timeIntervalSince1970: Double(time) / 1000)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            return CalendarDate(year: parts.year!, month: parts.month!, day: parts.day!)!.iso
        }
        #expect(profile.firstUsed?.iso == day(counted.map(\.element.time).min()), "\(note)")
        #expect(profile.lastUsed?.iso == day(counted.map(\.element.time).max()), "\(note)")

        // Oldest first; the same moment in stored order.
        let ordered = counted.sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        let allOrdered = all.sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        var devices: [String] = []
        for event in allOrdered.reversed() where !devices.contains(event.element.device) {
            devices.append(event.element.device)
        }
        #expect(profile.activity.devices == devices, "\(note)")
        #expect(answer.events.map(\.row) == ordered.reversed().map(\.offset), "\(note)")

        try checkState(profile, person, plain, note)
        if key == person { try await checkPages(key, ordered.map(\.offset), plain, engine, note) }

        let found = try await engine.search("\(key)", zone: zone)
        #expect(found.kind == .amplitudeID)
        #expect(found.matches.map { Int($0.amplitudeID.number) } == [person], "\(note)")
        #expect(found.matches.first?.lastSeen?.iso == day(counted.map(\.element.time).max()), "\(note)")
    }

    /// Those with an active event, as lists of their active events.
    private func sessions(_ events: [PersonEvent]) -> [[PersonEvent]] {
        let active = events.filter { $0.type != "Inactive" && $0.session != -1 }
        return Array(Dictionary(grouping: active, by: \.session).values)
    }

    /// A property has the value that arrived last at any key that is this person; mapped users are others.
    private func checkState(_ profile: PersonProfile, _ person: Int, _ plain: PeopleProject, _ note: String) throws {
        let own = (1...plain.keyCount).filter { plain.root($0) == person }
        var latest: [String: (value: Int, row: Int)] = [:]
        for key in own {
            for (name, set) in plain.properties[key] ?? [:] where set.row > latest[name]?.row ?? -1 {
                latest[name] = set
            }
        }
        var found: [String: Int] = [:]
        for member in profile.properties {
            if case .integer(let value) = member.value { found[member.key] = Int(value) }
        }
        #expect(found == latest.mapValues(\.value), "\(note)")
        #expect(profile.properties.map(\.key) == found.keys.sorted())
        let country = own.compactMap { plain.countries[$0] }.max { $0.row < $1.row }
        #expect(profile.context[.country] == country?.value, "\(note)")
    }

    private func checkPages(
        _ key: Int,
        _ ordered: [Int],
        _ plain: PeopleProject,
        _ engine: PeopleEngine,
        _ note: String
    ) async throws {
        for (newestFirst, offset, limit) in [(true, 0, 3), (true, 2, 1), (false, 1, 4)] {
            let rows = try await engine.activity(
                of: plain.userID(key).map { .userID($0) } ?? .amplitudeID(AmplitudeID(Int64(key))),
                newestFirst: newestFirst,
                offset: offset,
                limit: limit,
                zone: .utc
            ).events.map(\.row)
            let rest = Array((newestFirst ? ordered.reversed() : ordered).dropFirst(offset))
            #expect(rows == Array(rest.prefix(rows.count)), "\(note)")
            #expect(rows.count >= min(limit, rest.count), "\(note)")
            // The session at the limit is whole, and nothing is listed behind it.
            let session = rest.prefix(limit).last.map { plain.events[$0].session } ?? -1
            let missing = rest.dropFirst(rows.count).contains { session != -1 && plain.events[$0].session == session }
            #expect(!missing, "\(note)")
            if rows.count > limit { #expect(plain.events[rows.last!].session == session, "\(note)") }
            if session == -1 { #expect(rows.count <= limit, "\(note)") }
        }
    }
}
