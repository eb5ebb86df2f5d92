import EventModel
import Foundation
import Storage
import TestSupport
import Testing

private func text(_ bytes: Span<UInt8>) -> String { String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) }

@Suite struct EventStoreTests {
    @Test("an empty store", arguments: StoreKind.allCases)
    func empty(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try kind.make(folder)
        #expect(try store.progress() == StoreProgress(sequence: .none, rows: 0))
        #expect(try store.eventTypes().isEmpty)
        #expect(try store.merges().isEmpty)
        try store.append([])
        #expect(try store.progress().rows == 0)
    }

    @Test("rows come back in arrival order, whatever the batches and ranges", arguments: StoreKind.allCases)
    func rows(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try kind.make(folder)
        let batches = [batch(1, events: 3, from: 0), batch(2, events: 0, from: 3), batch(3, events: 5_000, from: 3)]
        try store.append([batches[0]])
        try store.append([batches[1], batches[2]])
        #expect(try store.progress() == StoreProgress(sequence: JournalSequence(3), rows: 5_003))
        let events = batches.flatMap(\.events)
        for range in [0..<5_003, 0..<0, 2..<4, 2_047..<2_050, 5_002..<5_003] {
            var users: [Int32] = []
            var times: [Int64] = []
            var types: [Int32] = []
            try store.readEvents(EventSelection(rows: range)) { userChunk, timeChunk, typeChunk in
                for i in userChunk.indices {
                    users.append(userChunk[i])
                    times.append(timeChunk[i])
                    types.append(typeChunk[i])
                }
            }
            #expect(users == events[range].map(\.user.number), "\(range)")
            #expect(times == events[range].map(\.time.milliseconds), "\(range)")
            #expect(types == events[range].map(\.type.number), "\(range)")
        }
        let expected: [(NumberColumn, (StoredEvent) -> Int32)] = [
            (.user, { $0.user.number }), (.context, { $0.context.number }),
            (.userProperties, { $0.userProperties.number }),
            (.device, { $0.device.number }), (.namedUser, { $0.carriesUserID ? $0.user.number : 0 }),
        ]
        for (column, value) in expected {
            var numbers: [Int32] = []
            try store.readNumbers(column, EventSelection(rows: 1..<3_000)) {
                for i in $0.indices { numbers.append($0[i]) }
            }
            #expect(numbers == events[1..<3_000].map(value), "\(column)")
        }
    }

    @Test("event properties of any name, as JSON; null is as good as missing", arguments: StoreKind.allCases)
    func eventProperties(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try kind.make(folder)
        try store.append([batch(1, events: 7, from: 0)])
        func read(_ name: String, _ rows: Range<Int> = 0..<7) throws -> [String] {
            var found: [String] = []
            try store.readEventProperty(name, EventSelection(rows: rows)) { index, json in
                found.append(
                    "\(rows.lowerBound + index)=\(text(json))"
                )
                return true
            }
            return found
        }
        #expect(try read("n") == ["1=1", "2=2", "4=4", "5=5"])
        #expect(try read("n", 2..<5) == ["2=2", "4=4"])
        #expect(try read("a/b~c", 1..<3) == ["1=[\"x\",1]", "2=[\"x\",2]"])
        #expect(try read("", 1..<2) == ["1=\"empty\""])
        #expect(try read("q\"", 1..<2) == ["1=true"])
        #expect(try read("é").isEmpty)
        #expect(try read("nothing").isEmpty)
    }

    @Test("events of some types alone, in row order, by index", arguments: StoreKind.allCases)
    func selections(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try kind.make(folder)
        var stored = batch(1, events: 5_000, from: 0)
        var changed = Array(stored.events)
        for i in changed.indices {
            changed[i].type = EventTypeID(Int32(i % 5))
            changed[i].sessionID = Int64(i) * 1_000
            changed[i].revenue = i % 4 == 0 ? nil : Double(i) / 2
        }
        stored.events = StoredEvents(changed)
        try store.append([stored])
        for types in [nil, [3], [1, 4], [9], []] as [Set<Int32>?] {
            let selection = EventSelection(rows: 7..<4_900, types: types)
            let events = stored.events[7..<4_900].filter { types?.contains($0.type.number) ?? true }
            var found: [[Int64]] = []
            try store.readEvents(selection) { users, times, types in
                for i in users.indices { found.append([Int64(users[i]), times[i], Int64(types[i])]) }
            }
            #expect(
                found == events.map { [Int64($0.user.number), $0.time.milliseconds, Int64($0.type.number)] }
            )
            for column in NumberColumn.allCases {
                var along: [[Int64]] = []
                try store.readEvents(selection, with: column) { users, times, types, numbers in
                    for i in users.indices {
                        along.append([Int64(users[i]), times[i], Int64(types[i]), Int64(numbers[i])])
                    }
                }
                var numbers: [Int64] = []
                try store.readNumbers(column, selection) { for i in $0.indices { numbers.append(Int64($0[i])) } }
                #expect(numbers.count == events.count)
                #expect(along == zip(found, numbers).map { $0 + [$1] }, "\(column)")
            }
            let columns: [(LongColumn, (StoredEvent) -> Int64)] = [
                (.sessionID, \.sessionID), (.clientTime, \.clientTime.milliseconds), (.time, \.time.milliseconds),
            ]
            for (column, value) in columns {
                var numbers: [Int64] = []
                try store.readLongs(column, selection) { for i in $0.indices { numbers.append($0[i]) } }
                #expect(numbers == events.map(value), "\(column)")
            }
            var revenues: [Double?] = events.map { _ in nil }
            try store.readRevenues(selection) { revenues[$0] = $1 }
            #expect(revenues == events.map(\.revenue))
            var values = 0
            try store.readEventProperty("n", selection) { index, json in
                #expect(events[index].eventProperties.contains("\"n\":\(text(json)),"))
                values += 1
                return values < 1_000
            }
            #expect(values == min(1_000, events.filter { $0.eventProperties != "{}" }.count))
        }
    }

    @Test("facts and merges after those that are known", arguments: StoreKind.allCases)
    func facts(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try kind.make(folder)
        try store.append([named])
        func texts(_ dimension: EventDimension, after known: Int) throws -> [String] {
            try store.facts(of: dimension, after: known).map { "\($0.key)=\($0.value ?? "-")" }
        }
        #expect(try texts(.context(.platform), after: 0) == ["1=iOS", "2=-"])
        #expect(try texts(.context(.platform), after: 1) == ["2=-"])
        #expect(try texts(.userProperty(ExactText("plan")), after: 0) == ["1=\"free\"", "2=-"])
        #expect(try texts(.deviceID, after: 2).isEmpty)
        var later = batch(2, events: 0, from: 0)
        later.users = [UserFact(user: UserKey(1), userID: "ann")]
        later.merges = [Merge(from: UserKey(4), into: UserKey(2), time: Timestamp(milliseconds: 6), cause: .mapping)]
        try store.append([later])
        #expect(try texts(.userID, after: 0) == ["1=-", "2=bob", "1=ann"])
        #expect(try texts(.userID, after: 2) == ["1=ann"])
        #expect(try store.merges(after: 1) == later.merges)
    }

    @Test("names", arguments: StoreKind.allCases)
    func names(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try kind.make(folder)
        var later = batch(2, events: 0, from: 0)
        later.users = [UserFact(user: UserKey(1), userID: "ann")]
        try store.append([named])
        try store.append([later])
        func texts(_ dimension: EventDimension) throws -> [String] {
            try store.values(of: dimension).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        }
        #expect(try texts(.context(.country)) == ["1=Côte d'Ivoire", "2=Germany"])
        #expect(try texts(.context(.platform)) == ["1=iOS"])
        #expect(try texts(.context(.city)).isEmpty)
        #expect(try texts(.userProperty(ExactText("plan"))) == ["1=\"free\""])
        #expect(try texts(.userProperty(ExactText("tags"))) == ["1=[1,\"a\"]"])
        #expect(try texts(.userProperty(ExactText("n"))) == ["2=3.5"])
        #expect(try texts(.deviceID) == ["1=phone", "2=tablet"])
        #expect(try texts(.userID) == ["1=ann", "2=bob"], "the latest fact holds")
        #expect(try store.eventTypes().map { ExactText($0.value) } == named.eventTypes.map { ExactText($0.value) })
        #expect(try store.merges() == named.merges)
        #expect(Set(try store.propertyNames()) == Set(named.propertyNames))
    }

    @Test("texts with a U+0000 come back whole", arguments: StoreKind.allCases)
    func zeros(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try kind.make(folder)
        var batch = batch(1, events: 1, from: 0)
        var context = EventContext()
        context[.platform] = "i\u{0}OS"
        batch.contexts = [Numbered(ContextID(1), context)]
        batch.eventTypes = [Numbered(EventTypeID(1), "a\u{0}b")]
        batch.devices = [Numbered(DeviceKey(1), "\u{0}")]
        batch.propertySets = [Numbered(PropertySetID(1), "{\"plan\":\"a\\u0000b\"}")]
        batch.propertyNames = [PropertyName(.event, "a\u{0}"), PropertyName(.event, "a")]
        var event = batch.events[0]
        event.eventProperties = "{\"note\":\"a\\u0000b\"}"
        batch.events = [event]
        try store.append([batch])
        #expect(try store.values(of: .context(.platform)).map(\.value) == ["i\u{0}OS"])
        #expect(try store.values(of: .deviceID).map(\.value) == ["\u{0}"])
        #expect(try store.values(of: .userProperty(ExactText("plan"))).map(\.value) == ["\"a\\u0000b\""])
        #expect(try store.eventTypes().map(\.value) == ["a\u{0}b"])
        #expect(try Set(store.propertyNames()) == Set(batch.propertyNames))
        var notes: [String] = []
        try store.readEventProperty("note", EventSelection(rows: 0..<1)) { _, json in
            notes.append(text(json))
            return true
        }
        #expect(notes == ["\"a\\u0000b\""])
    }

    @Test("a batch out of turn is refused, and changes nothing", arguments: StoreKind.allCases)
    func outOfSequence(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try kind.make(folder)
        try store.append([batch(1, events: 2, from: 0)])
        for wrong in [1, 3] as [Int64] {
            let error = #expect(throws: EventStoreError.self) { try store.append([batch(wrong, events: 1, from: 9)]) }
            #expect(error?.code == .outOfSequence)
        }
        let gap = #expect(throws: EventStoreError.self) {
            try store.append([batch(2, events: 1, from: 2), batch(4, events: 1, from: 3)])
        }
        #expect(gap?.code == .outOfSequence)
        #expect(try store.progress() == StoreProgress(sequence: JournalSequence(1), rows: 2))
    }
}
