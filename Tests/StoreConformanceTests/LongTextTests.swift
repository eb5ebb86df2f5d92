import Compression
import DuckDB
import DuckDBStore
import EventModel
import Foundation
import Storage
import TestSupport
import Testing

/// Long texts lie elsewhere than short ones, and must be found as they are.
/// Source: Documentation/events-and-identity.md E15.
@Suite("long texts") struct LongTextTests {
    /// An object with a number, a text of many bytes, of which many characters have several, and another number.
    private static func long(_ number: Int, _ length: Int) -> String {
        let text = String(repeating: "é東🦊\(number % 10)", count: length / 10)
        return """
            {"n":\(number),"text":"\(text)","l":[{"a":\(number)},"x"],"null":null,"é":"ä\(number)"}
            """
    }

    /// Every third one is long, some by a byte, some by a megabyte.
    private static func batch(_ sequence: Int64, events: Int, from first: Int) -> JournalBatch {
        var batch = JournalBatch(
            sequence: JournalSequence(sequence),
            receivedAt: Timestamp(milliseconds: sequence * 1000)
        )
        for i in first..<first + events {
            var event = StoredEvent(
                user: UserKey(Int32(i % 5 + 1)),
                device: .none,
                carriesUserID: false,
                type: EventTypeID(Int32(i % 4 + 1)),
                time: Timestamp(milliseconds: Int64(i)),
                clientTime: Timestamp(milliseconds: Int64(i)),
                uploadTime: Timestamp(milliseconds: Int64(i)),
                context: ContextID(1)
            )
            switch i % 6 {
            case 0: event.eventProperties = long(i, i % 240 == 0 ? 900_000 : 9_000)
            case 1: event.eventProperties = "{}"
            case 3: event.eventProperties = long(i, 20_000)
            default: event.eventProperties = "{\"n\":\(i),\"é\":\"ä\(i)\"}"
            }
            if i % 7 == 0 { event.extras = "{\"location_lat\":\(i),\"x\":\(long(i, 30_000)),\"location_lng\":-\(i)}" }
            if i % 7 == 1 { event.extras = "{\"location_lat\":\(i),\"location_lng\":\(i)}" }
            event.insertID = i % 2 == 0 ? "0190d4f5-4b8a-7c3e-9a51-3f2b8c7d6e\(10 + i % 90)" : "i\(i)"
            event.door = i % 3 == 0 ? .batch : .unknown
            event.changesPerson = i % 5 == 0
            batch.events.append(event)
        }
        return batch
    }

    private static func text(_ bytes: Span<UInt8>) -> String {
        String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }

    @Test("of events: by property, by range, by type, as events and as places", arguments: StoreKind.allCases)
    func events(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try kind.make(folder)
        let batches = [
            Self.batch(1, events: 3, from: 0),
            Self.batch(2, events: 700, from: 3),
            Self.batch(3, events: 50, from: 703),
        ]
        try store.append([batches[0]])
        try store.append([batches[1], batches[2]])
        let events = batches.flatMap(\.events)
        for selection in [
            EventSelection(rows: 0..<753), EventSelection(rows: 2..<9), EventSelection(rows: 5..<700, types: [1, 3]),
            EventSelection(rows: 0..<753, types: [2]), EventSelection(rows: 4..<5), EventSelection(rows: 3..<3),
        ] {
            let selected = selection.rows.filter { selection.types?.contains(events[$0].type.number) ?? true }
            for (name, value) in [("n", { "\($0)" }), ("é", { "\"ä\($0)\"" })] as [(String, (Int) -> String)] {
                var found: [String] = []
                try store.readEventProperty(name, selection) { index, json in
                    found.append("\(index)=\(Self.text(json))")
                    return true
                }
                let wanted = selected.enumerated().filter { $0.element % 6 != 1 }
                #expect(found == wanted.map { "\($0.offset)=\(value($0.element))" }, "\(selection)")
            }
            var (values, nulls) = (0, 0)
            try store.readEventProperty("text", selection) { _, json in
                values += 1
                #expect(json.count > 9_000)
                return values < 30
            }
            #expect(values == min(30, selected.count { $0 % 3 == 0 }))
            try store.readEventProperty("null", selection) { _, _ in
                nulls += 1
                return true
            }
            #expect(nulls == 0)
        }
        let rows = [0, 1, 2, 3, 7, 240, 752, 480]
        let resolved = try store.events(at: rows)
        #expect(resolved.map(\.row) == rows)
        for (event, row) in zip(resolved, rows) { #expect(event.event == events[row], "\(row)") }
    }

    @Test("the latest place of a person, also where it stands in a long text", arguments: StoreKind.allCases)
    func locations(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try kind.make(folder)
        func latitude() throws -> Double? {
            let users = (1...5).map { UserKey($0) }
            return try store.activity(of: users, ActivityTypes(ignored: [])).location?.latitude
        }
        try store.append([Self.batch(1, events: 8, from: 0)])
        #expect(try latitude() == 7)
        try store.append([Self.batch(2, events: 1, from: 8)])
        #expect(try latitude() == 8)
        try store.append([Self.batch(3, events: 7, from: 9)])
        #expect(try latitude() == 15)
    }

    // MARK: Property sets

    /// A list of texts, and a number.
    private static func set(_ number: Int, _ elements: Range<Int>) -> String {
        let list = elements.map { "\"element é \($0)\"" }.joined(separator: ",")
        return "{\"l\":[\(list)],\"n\":\(number)}"
    }

    private static func patch(_ id: Int32, _ text: String, of base: Int32, _ baseText: String) -> PropertySetPatch {
        PropertySetPatch(
            PropertySetID(id),
            of: PropertySetID(base),
            bytes: ZstdPatcher().patch(from: baseText.utf8Span.span, to: text.utf8Span.span)
        )
    }

    @Test(
        "sets told by others, in the same batch, in one before, and after the store was opened anew",
        arguments: [StoreKind.memory, .duckDBInMemory, .duckDBFile]
    )
    func patches(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        var store = try kind.make(folder)
        // Large ones, small ones, and one that is large without being told by another.
        let texts: [Int32: String] = [
            1: Self.set(1, 0..<3), 2: Self.set(2, 0..<100), 3: Self.set(3, 0..<600), 4: "{\"n\":4}",
            5: Self.set(5, 1..<601), 6: Self.set(6, 0..<101), 7: Self.set(7, 0..<2_000), 8: Self.set(8, 5..<2_005),
            9: Self.set(9, 0..<602),
        ]
        func patch(_ id: Int32, of base: Int32) -> PropertySetPatch {
            Self.patch(id, texts[id]!, of: base, base == 0 ? "" : texts[base]!)
        }
        func whole(_ id: Int32) -> Named<PropertySetID> { Numbered(PropertySetID(id), texts[id]!) }
        var first = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        first.propertySets = [whole(1), whole(4)]
        first.propertyPatches = [patch(2, of: 1), patch(3, of: 2), patch(5, of: 3)]
        var second = JournalBatch(sequence: JournalSequence(2), receivedAt: Timestamp(milliseconds: 0))
        second.propertySets = [whole(7)]
        second.propertyPatches = [patch(6, of: 2), patch(8, of: 7)]
        var third = JournalBatch(sequence: JournalSequence(3), receivedAt: Timestamp(milliseconds: 0))
        third.propertyPatches = [patch(9, of: 5)]
        third.events = Self.batch(3, events: 10, from: 0).events
        var rows = Array(third.events)
        for i in 1..<10 { rows[i].userProperties = PropertySetID(Int32(i)) }
        third.events = StoredEvents(rows)
        try store.append([first])
        try store.append([second])
        if kind == .duckDBFile {
            store.close()
            store = try kind.make(folder)
        }
        try store.append([third])
        let facts = try store.facts(of: .userProperty(ExactText("n")), after: 0)
        #expect(facts.map { "\($0.key)=\($0.value ?? "-")" }.sorted() == (1...9).map { "\($0)=\($0)" })
        let lists = try store.facts(of: .userProperty(ExactText("l")), after: 0)
        for list in lists {
            let wanted = texts[list.key]!.dropFirst(5).prefix { $0 != "]" } + "]"
            #expect(list.value == (list.key == 4 ? nil : String(wanted)), "\(list.key)")
        }
        #expect(try store.facts(of: .userProperty(ExactText("n")), after: 8).count == 1)
        var seen = 0
        try store.readFacts(of: .userProperty(ExactText("n")), after: 0) { _, _ in
            seen += 1
            return seen < 4
        }
        #expect(seen == 4, "whoever has enough stops")
        for event in try store.events(at: Array(0..<10)) {
            #expect(event.userProperties == (event.row == 0 ? "{}" : texts[Int32(event.row)]), "\(event.row)")
        }
    }

    @Test("people who ask the file themselves find long texts whole")
    func view() throws {
        let folder = try TemporaryFolder().made()
        let file = folder.url.appendingPathComponent("events.duckdb").path
        var batch = Self.batch(1, events: 10, from: 0)
        batch.eventTypes = (1...4).map { Numbered(EventTypeID($0), "type \($0)") }
        batch.contexts = [Numbered(ContextID(1), EventContext())]
        batch.propertyPatches = [Self.patch(1, Self.set(1, 0..<900), of: 0, "")]
        var rows = Array(batch.events)
        rows[2].userProperties = PropertySetID(1)
        batch.events = StoredEvents(rows)
        let store = try DuckDBEventStore(path: file)
        try store.append([batch])
        store.close()
        let connection = try Connection(Database(.file(file)))
        var found: [String] = []
        try connection.query(
            """
            SELECT event_properties::VARCHAR, coalesce(user_properties::VARCHAR, '-') FROM event_log ORDER BY time
            """
        ) { chunk throws(DatabaseError) in
            for row in 0..<chunk.count { found += [chunk.string(0, row) ?? "NULL", chunk.string(1, row) ?? "NULL"] }
            return true
        }
        #expect(found.count == 20)
        for row in 0..<10 {
            #expect(found[2 * row] == rows[row].eventProperties, "\(row)")
            #expect(found[2 * row + 1] == (row == 2 ? Self.set(1, 0..<900) : "-"))
        }
    }

    @Test("a set told by another than its base is refused, and nothing of its batch is stored")
    func wrongBase() throws {
        let store = try DuckDBEventStore(path: nil)
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        batch.propertySets = [Numbered(PropertySetID(1), Self.set(1, 0..<9))]
        batch.propertyPatches = [Self.patch(2, Self.set(2, 0..<900), of: 1, Self.set(3, 500..<950))]
        #expect(throws: EventStoreError.self) { try store.append([batch]) }
        #expect(store.progress().sequence == .none)
        batch.propertyPatches = []
        try store.append([batch])
    }
}
