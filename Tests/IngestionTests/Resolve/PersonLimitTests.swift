import EventModel
import ProjectStore
import Storage
import TestSupport
import Testing

@testable import Ingestion

extension RecordSender {
    /// The fields under which a request's events are refused; `nil` if it is stored.
    fileprivate mutating func send(_ events: String) throws -> [String: [Int]]? {
        if let refusal = try add(events) {
            #expect(refusal.missingFields.isEmpty)
            #expect(refusal.error == "Invalid field values on some events")
            return refusal.invalidFields
        }
        try commit()
        return nil
    }

    fileprivate func properties(of userID: String) throws -> UserProperties {
        let user = try #require(try record.user(withID: userID))
        return try UserProperties(json: try record.text(of: user.properties) ?? "{}")
    }
}

private func event(_ properties: String, user: String = "ann", type: String = "A") -> String {
    "{\"user_id\":\"\(user)\",\"event_type\":\"\(type)\",\"user_properties\":\(properties)}"
}

/// An object of properties with these numbers in their names.
private func properties(_ numbers: Range<Int>, _ value: String = "1") -> String {
    "{\(numbers.map { "\"p\($0)\":\(value)" }.joined(separator: ","))}"
}

private func text(_ length: Int) -> String { "\"\(String(repeating: "x", count: length))\"" }

@Suite("how much a person may have (Documentation/events-and-identity.md E15)") struct PersonLimitTests {
    @Test("1,024 properties", arguments: [false, true])
    func count(forgets: Bool) throws {
        var sender = try RecordSender()
        #expect(try sender.send(event(properties(0..<700))) == nil)
        if forgets { try sender.forget() }
        #expect(try sender.send(event(properties(700..<1_100))) == ["user_properties": [0]])
        #expect(try sender.send(event(properties(512..<1_024))) == nil)
        #expect(try sender.send(event("{\"$set\":{\"one\":1}}", type: "$identify")) == ["user_properties": [0]])
        #expect(try sender.send(event("{\"$set\":{\"p0\":2},\"$unset\":{\"p1\":\"-\"}}", type: "$identify")) == nil)
        #expect(try sender.send(event("{\"$set\":{\"one\":1}}", type: "$identify")) == nil)
        #expect(try sender.properties(of: "ann").names.count == 1_024)
        #expect(try sender.send(event(properties(0..<1_024), user: "bob")) == nil, "to each their own")
    }

    @Test("256 KB of them")
    func bytes() throws {
        var sender = try RecordSender()
        #expect(try sender.send(event(properties(0..<200, text(1_000)))) == nil)
        #expect(try sender.send(event(properties(200..<300, text(1_000)))) == ["user_properties": [0]])
        #expect(try sender.send(event(properties(200..<250, text(1_000)))) == nil)
        #expect(try sender.send(event(properties(250..<259, text(1_000)))) == nil)
        // To the last byte: beside the text a name of one letter, quotes, a colon and a comma.
        let room = PropertyLimits.largestProperties - (try sender.properties(of: "ann").text.utf8.count) - 7
        #expect((1..<1_000).contains(room))
        #expect(try sender.send(event("{\"z\":\(text(room + 1))}")) == ["user_properties": [0]])
        #expect(try sender.send(event("{\"z\":\(text(room))}")) == nil)
        #expect(try sender.properties(of: "ann").text.utf8.count == PropertyLimits.largestProperties)
    }

    @Test("a list that grows: it is full before it is long, or loses its oldest")
    func lists() throws {
        var sender = try RecordSender()
        func append(_ count: Int, _ value: (Int) -> String) -> String {
            (0..<count).map { event("{\"$append\":{\"l\":\(value($0))}}", type: "$identify") }.joined(separator: ",")
        }
        let refused = try #require(try sender.send(append(500) { _ in text(1_000) })?["user_properties"])
        #expect(refused.first == 261 && refused.last == 499 && refused.count == 239)
        #expect(try sender.record.user(withID: "ann") == nil, "nothing of the request is stored")
        #expect(try sender.send(append(1_005) { "\"v\($0)\"" }) == nil)
        let values = (5..<1_005).map { "\"v\($0)\"" }.joined(separator: ",")
        #expect(try sender.properties(of: "ann").text == "{\"l\":[\(values)]}")
    }

    @Test("a small request that changes a large person again and again is to be sent in halves")
    func changes() throws {
        var sender = try RecordSender()
        #expect(try sender.send(event(properties(0..<240, text(1_000)))) == nil)
        func changes(_ count: Int) -> String {
            (0..<count).map { event("{\"n\":\($0)}") }.joined(separator: ",")
        }
        // A change is a quarter of a megabyte: 64 MB are fewer than 300 of them.
        #expect(try sender.add(changes(300)) == .tooMuchChange)
        #expect(try sender.properties(of: "ann").names.count == 240)
        #expect(try sender.send(changes(150)) == nil)
        #expect(try sender.properties(of: "ann").names.count == 241)
        // Ever other properties: when they arrived is worked out anew among the changes.
        let others = (0..<300).map { event("{\"o\($0 % 100)\":\($0)}") }.joined(separator: ",")
        #expect(try sender.add(others) == .tooMuchChange)
        let change = try sender.commit()
        #expect(change.batch.events.count == 0, "nothing is left of what was refused")
        #expect(change.propertyBundles.isEmpty && change.received.isEmpty)
        #expect(change.settledUsers.isEmpty && change.arrivals.isEmpty && change.ownProperties.isEmpty)
    }

    @Test("a batch is as large as the sets that it tells of, however small its patches are")
    func sizes() throws {
        var sender = try RecordSender()
        #expect(try sender.send(event(properties(0..<240, text(1_000)))) == nil)
        #expect(try sender.add(event("{\"n\":1}")) == nil)
        let batch = try sender.commit().batch
        let patch = try #require(batch.propertyPatches.first)
        let text = try sender.properties(of: "ann").text
        #expect(patch.bytes.count < 5_000 && patch.textSize == text.utf8.count)
        #expect(batch.size > 240_000)
    }

    @Test("all events that do not fit are named, and whoever fits beside them waits with them")
    func indexes() throws {
        var sender = try RecordSender()
        let large = event(properties(0..<300, text(1_000)))
        let fits = event("{\"a\":1}")
        #expect(
            try sender.send(
                [fits, large, fits, event(properties(0..<300, text(1_000)), user: "bob"), fits]
                    .joined(separator: ",")
            ) == ["user_properties": [1, 3]]
        )
        #expect(try sender.record.lastSequence() == .none)
        #expect(try sender.send([fits, fits, fits].joined(separator: ",")) == nil)
    }

    @Test("an event that leaves its person alone has as much room; so has a group")
    func others() throws {
        var sender = try RecordSender()
        let skipping =
            "{\"user_id\":\"ann\",\"event_type\":\"A\",\"$skip_user_properties_sync\":true,\"user_properties\":"
        #expect(try sender.send(event(properties(0..<1_024))) == nil)
        #expect(try sender.send("\(skipping)\(properties(2_000..<3_024))}") == nil)
        #expect(try sender.send("\(skipping)\(properties(0..<300, text(1_000)))}") == ["user_properties": [0]])
        func group(_ properties: String) -> String {
            "{\"event_type\":\"$groupidentify\",\"groups\":{\"org\":\"acme\"},\"group_properties\":{\"$set\":\(properties)}}"
        }
        #expect(try sender.send(group(properties(0..<700))) == nil)
        #expect(try sender.send(group(properties(700..<1_100))) == ["group_properties": [0]])
        #expect(try sender.send(group(properties(700..<1_024))) == nil)
        #expect(try sender.send(group(properties(0..<300, text(1_000)))) == ["group_properties": [0]])
    }

    @Test("a login brings together what fits, and is never refused")
    func login() throws {
        var sender = try RecordSender()
        let anonymous = "{\"device_id\":\"pad\",\"event_type\":\"A\",\"user_properties\":\(properties(500..<1_500))}"
        #expect(try sender.send(event(properties(0..<700, "0"))) == nil)
        #expect(try sender.send(anonymous) == nil)
        #expect(try sender.send("{\"user_id\":\"ann\",\"device_id\":\"pad\",\"event_type\":\"A\"}") == nil)
        let joined = try sender.properties(of: "ann")
        #expect(joined.names.count == 1_024)
        #expect(joined.text.contains("\"p0\":0") && joined.text.contains("\"p500\":1"), "later values still win")
        // By bytes, too.
        let texts =
            "{\"device_id\":\"phone\",\"event_type\":\"A\",\"user_properties\":\(properties(0..<255, text(1_000)))}"
        #expect(try sender.send(texts) == nil)
        #expect(try sender.send(event(properties(2_000..<2_200, text(1_000)), user: "bob")) == nil)
        #expect(try sender.send("{\"user_id\":\"bob\",\"device_id\":\"phone\",\"event_type\":\"A\"}") == nil)
        let size = try sender.properties(of: "bob").text.utf8.count
        #expect((PropertyLimits.largestProperties - 1_100...PropertyLimits.largestProperties).contains(size))
    }

    @Test("who had more before there was a bound keeps it, and can only lose")
    func earlier() throws {
        var sender = try RecordSender()
        var change = RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0)))
        change.batch.propertySets = [Numbered(PropertySetID(1), properties(0..<1_100))]
        change.users = [UserState(key: UserKey(1), userID: "ann", properties: PropertySetID(1))]
        _ = try sender.record.commit(change)
        try sender.forget()
        #expect(try sender.send(event("{\"new\":1}")) == ["user_properties": [0]])
        #expect(try sender.send(event("{\"p7\":2}")) == nil)
        #expect(try sender.send(event("{\"$unset\":{\"p8\":\"-\"}}", type: "$identify")) == nil)
        #expect(try sender.properties(of: "ann").names.count == 1_099)
    }
}

@Suite("a refused request leaves nothing behind") struct RefusedRequestTests {
    /// Random requests, every third of which is refused for its last event: with and without them, everything else comes
    /// out the same.
    @Test(arguments: 0..<30)
    func random(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var with = try RecordSender()
        var without = try RecordSender()
        for _ in 0..<25 {
            for _ in 0..<1 + random.below(3) {
                let events = (0..<1 + random.below(4)).map { _ in Self.event(&random) }
                if random.chance(35) {
                    let large = "{\"user_id\":\"u\(random.below(4))\",\"event_type\":\"Large\",\"user_properties\":"
                    let refused = events + ["\(large)\(properties(0..<300, text(1_000)))}"]
                    #expect(try with.add(refused.joined(separator: ",")) != nil)
                }
                let joined = events.joined(separator: ",")
                #expect(try with.add(joined) == nil)
                #expect(try without.add(joined) == nil)
            }
            let isSame = try Self.lines(with.commit()) == Self.lines(without.commit())
            #expect(isSame, "seed \(seed)")
            if random.chance(10) {
                try with.forget()
                try without.forget()
            }
        }
    }

    /// All that a change says; what has no order in one.
    private static func lines(_ change: RecordChange) -> [String] {
        var change = change
        change.batch.propertyNames.sort { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
        let arrivals = change.arrivals.map { "\($0)" }.sorted()
        change.arrivals = []
        let bundles = change.propertyBundles.map { "\($0.key.number) \($0.value.text)" }
        change.propertyBundles = []
        return ["\(change)"] + arrivals + bundles
    }

    private static func event(_ random: inout SeededRandom) -> String {
        var fields = ["\"event_type\":\"\(random.pick(["A", "B", "$identify", "$groupidentify"]))\""]
        let named = random.below(3)
        if named > 0 { fields.append("\"user_id\":\"u\(random.below(4))\"") }
        if named != 1 { fields.append("\"device_id\":\"d\(random.below(4))\"") }
        if random.chance(40) { fields.append("\"insert_id\":\"i\(random.below(6))\"") }
        if random.chance(50) {
            fields.append("\"user_properties\":{\"a\":\(random.below(3)),\"b\(random.below(9))\":1}")
        }
        if random.chance(20) {
            let large = "\(random.below(3))\(String(repeating: "x", count: 900))"
            fields.removeAll { $0.hasPrefix("\"user_properties\"") }
            fields.append("\"user_properties\":{\"c\":\"\(large)\",\"d\(random.below(3))\":\"\(large)\"}")
        }
        if random.chance(30) { fields.append("\"event_properties\":{\"e\(random.below(9))\":1}") }
        if random.chance(30) { fields.append("\"platform\":\"\(random.pick(["iOS", "Web"]))\"") }
        if random.chance(20) {
            fields.append("\"groups\":{\"org\":\"g\(random.below(2))\"},\"group_properties\":{\"$add\":{\"n\":1}}")
        }
        return "{\(fields.joined(separator: ","))}"
    }
}
