import DemoShop
import Foundation
import Testing

/// The midnight that begins 2026.
private let end: Int64 = 1_767_225_600_000
private let dayMs: Int64 = 86_400_000

@Suite("The demo shop")
struct DemoShopTests {
    @Test("the same seed gives the same bytes, another seed gives others")
    func seed() {
        let first = digest(DemoShop(.init(seed: 7, users: 200, days: 10, end: end)))
        #expect(first == digest(DemoShop(.init(seed: 7, users: 200, days: 10, end: end))))
        #expect(first != digest(DemoShop(.init(seed: 8, users: 200, days: 10, end: end))))
        // The value itself holds on every machine. A change to the shop changes it: then write the new one here.
        #expect(first == 15_367_021_933_603_334_619, "the digest is \(first)")
    }

    @Test("a time within a day ends the story there: all before it is told as if the day went on, and nothing after it")
    func endsNow() throws {
        func times(_ shop: DemoShop) throws -> [[Int64]] {
            var shop = shop
            var days: [[Int64]] = []
            while let day = shop.nextDay() {
                days.append(try (0..<day.eventCount).map { try SentEvent(day.event(at: $0)).time })
            }
            return days
        }
        let whole = try times(DemoShop(.init(users: 300, days: 5, end: end)))
        let noon = end - dayMs / 2
        let cut = try times(DemoShop(.init(users: 300, days: 5, end: noon)))
        #expect(cut == whole.dropLast() + [whole[4].filter { $0 < noon }])
        #expect(cut[4].count > 10 && cut[4].count < whole[4].count)
        // The first millisecond of a day is a day of its own.
        let begun = try times(DemoShop(.init(users: 300, days: 5, end: end + 1)))
        #expect(begun.count == 5 && begun[4].isEmpty)
    }

    @Test("a shop that goes on has the same past, and new and old visitors on the days that follow")
    func laterDays() throws {
        var planned = DemoShop(.init(users: 300, days: 10, end: end))
        var longer = DemoShop(.init(users: 300, days: 10, laterDays: 4, end: end + 4 * dayMs))
        var seen: Set<String> = []
        while let day = planned.nextDay() {
            let next = longer.nextDay()
            let same = try #require(next)
            #expect(same.index == day.index && same.end == day.end && same.eventCount == day.eventCount)
            for position in 0..<day.eventCount {
                #expect(same.event(at: position) == day.event(at: position))
                seen.insert(try SentEvent(day.event(at: position)).deviceID)
            }
        }
        var days = 0
        while let day = longer.nextDay() {
            days += 1
            let devices = Set(try (0..<day.eventCount).map { try SentEvent(day.event(at: $0)).deviceID })
            #expect(!devices.isDisjoint(with: seen) && !devices.isSubset(of: seen), "day \(day.index)")
            #expect(day.end == end + Int64(days) * dayMs)
        }
        #expect(days == 4)
    }

    @Test("what was sent before can be left out")
    func from() throws {
        var shop = DemoShop(.init(users: 300, days: 3, end: end))
        while let day = shop.nextDay() {
            let times = try (0..<day.eventCount).map { try SentEvent(day.event(at: $0)).time }
            for time in [Int64.min, times[times.count / 2], try #require(times.last) + 1] {
                let counts = day.batches(ofAtMost: 100, from: time).map(\.eventCount)
                #expect(counts.reduce(0, +) == times.count { $0 >= time })
            }
        }
    }

    @Test("every event is valid, lies within its day and follows the one before it")
    func events() throws {
        var shop = DemoShop(.init(users: 400, days: 20, end: end))
        var days = 0
        while let day = shop.nextDay() {
            #expect(day.index == days)
            #expect(day.end == end - Int64(19 - days) * dayMs)
            days += 1
            var last = day.end - dayMs
            for position in 0..<day.eventCount {
                let event = try SentEvent(day.event(at: position))
                #expect(event.problems == [])
                #expect(event.time >= last && event.time < day.end)
                last = event.time
            }
        }
        #expect(days == 20)
        #expect(shop.nextDay() == nil)
    }

    @Test("batches hold every event once, in order, and stay within a request's limit")
    func batches() throws {
        var shop = DemoShop(.init(users: 2_000, days: 2, end: end))
        while let day = shop.nextDay() {
            var position = 0
            for batch in day.batches(ofAtMost: 1_000) {
                #expect(batch.json.count < 1_000_000)
                let array = try #require(try JSONSerialization.jsonObject(with: Data(batch.json)) as? [[String: Any]])
                #expect(array.count == batch.eventCount)
                for element in array {
                    #expect(SentEvent(element).insertID == (try SentEvent(day.event(at: position)).insertID))
                    position += 1
                }
            }
            #expect(position == day.eventCount && position > 1_000)
        }
    }

    @Test("an insert id comes twice only on the same event sent again, for about two events in a thousand")
    func duplicates() throws {
        var shop = DemoShop(.init(users: 400, days: 20, end: end))
        var bytes: [String: ArraySlice<UInt8>] = [:]
        var resent = 0
        var total = 0
        while let day = shop.nextDay() {
            for position in 0..<day.eventCount {
                let event = day.event(at: position)
                let earlier = bytes.updateValue(event, forKey: try SentEvent(event).insertID)
                #expect(earlier == nil || earlier == event)
                resent += earlier == nil ? 0 : 1
                total += 1
            }
        }
        #expect((0.0005...0.005).contains(Double(resent) / Double(total)), "\(resent) of \(total)")
    }

    @Test("devices begin anonymous and are logged in later, some users have a second device")
    func identities() throws {
        var anonymous: Set<String> = []
        var merged: Set<String> = []
        var user: [String: String] = [:]
        for event in try sample() {
            guard let id = event.userID else {
                anonymous.insert(event.deviceID)
                continue
            }
            if anonymous.contains(event.deviceID) { merged.insert(event.deviceID) }
            let earlier = user.updateValue(id, forKey: event.deviceID)
            #expect(earlier == nil || earlier == id, "a device belongs to one person")
        }
        let devicesPerUser = Dictionary(grouping: user.keys) { user[$0] }
        #expect(merged.count > 100)
        #expect(anonymous.count - merged.count > 100, "many visitors stay anonymous")
        #expect(devicesPerUser.values.count { $0.count == 2 } > 20)
        #expect(devicesPerUser.values.allSatisfy { $0.count <= 2 })
    }

    @Test("the purchase funnel narrows plausibly, and less on the web than on Android")
    func funnel() throws {
        let events = try sample()
        let all = funnelCounts(events)
        #expect((0.25...0.55).contains(all[1] / all[0]), "\(all)")
        #expect((0.35...0.70).contains(all[2] / all[1]), "\(all)")
        #expect((0.50...0.85).contains(all[3] / all[2]), "\(all)")

        let web = funnelCounts(events.filter { $0.platform == "Web" })
        let android = funnelCounts(events.filter { $0.platform == "Android" })
        #expect(web[3] / web[0] > 1.2 * android[3] / android[0], "\(web) \(android)")
    }

    @Test("sessions have 1 to 30 events, some a single one, and begin at their session id")
    func sessions() throws {
        let sessions = Dictionary(grouping: try sample()) { "\($0.deviceID) \($0.sessionID)" }
        #expect(sessions.values.allSatisfy { $0[0].time == $0[0].sessionID })
        let sizes = sessions.values.map { Set($0.map(\.insertID)).count }
        #expect(sizes.allSatisfy { (1...30).contains($0) })
        #expect((0.10...0.25).contains(Double(sizes.count { $0 == 1 }) / Double(sizes.count)))
    }

    @Test("revenue is price times quantity, and negative on refunds alone")
    func revenue() throws {
        var types: Set<String> = []
        for event in try sample() {
            guard let revenue = event.revenue else {
                #expect(event.type != "Purchase" && event.type != "Refund")
                continue
            }
            #expect(abs(revenue.total - revenue.price * Double(revenue.quantity)) < 0.001)
            #expect((revenue.total < 0) == (revenue.type == "refund"))
            types.insert(revenue.type)
        }
        #expect(types == ["purchase", "refund", "subscription"])
    }

    @Test("the estimate is within a tenth", arguments: [(1_500, 14, 1), (1_500, 60, 2)] as [(Int, Int, UInt64)])
    func estimate(users: Int, days: Int, seed: UInt64) {
        var shop = DemoShop(.init(seed: seed, users: users, days: days, end: end))
        let estimate = Double(shop.estimatedEventCount)
        var count = 0
        while let day = shop.nextDay() { count += day.eventCount }
        #expect((0.9...1.1).contains(estimate / Double(count)), "estimated \(estimate), sent \(count)")
    }

    @Test("a shop without visitors has days without events")
    func noUsers() {
        var shop = DemoShop(.init(users: 0, days: 1, end: end))
        #expect(shop.estimatedEventCount == 0)
        #expect(shop.nextDay()?.eventCount == 0)
        #expect(shop.nextDay() == nil)
    }
}

/// FNV-1a over all events.
private func digest(_ shop: DemoShop) -> UInt64 {
    var shop = shop
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    while let day = shop.nextDay() {
        for batch in day.batches() {
            for byte in batch.json { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
    }
    return hash
}

/// All events of a shop of 1,000 users over 30 days.
private func sample() throws -> [SentEvent] {
    var shop = DemoShop(.init(users: 1_000, days: 30, end: end))
    var events: [SentEvent] = []
    while let day = shop.nextDay() {
        for position in 0..<day.eventCount { events.append(try SentEvent(day.event(at: position))) }
    }
    return events
}

/// How many devices reached each step of View Product → Add to Cart → Start Checkout → Purchase, in this order.
private func funnelCounts(_ events: [SentEvent]) -> [Double] {
    let steps = ["View Product", "Add to Cart", "Start Checkout", "Purchase"]
    var reached: [String: Int] = [:]
    for event in events {
        let step = reached[event.deviceID, default: 0]
        if step < steps.count && event.type == steps[step] { reached[event.deviceID] = step + 1 }
    }
    return steps.indices.map { step in Double(reached.values.count { $0 > step }) }
}
