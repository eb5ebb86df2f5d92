import ColumnEngine
import EventModel
import QueryModel
import Storage
import Testing

extension JournalBatch {
    fileprivate mutating func change(_ index: Int, _ body: (inout StoredEvent) -> Void) {
        var changed = Array(events)
        body(&changed[index])
        events = StoredEvents(changed)
    }
}

/// Events of one batch: person, second and type, in arrival order.
private func batch(_ sequence: Int64, _ events: [(user: Int32, time: Int64, type: Int32)]) -> JournalBatch {
    var batch = JournalBatch(sequence: JournalSequence(sequence), receivedAt: Timestamp(milliseconds: 0))
    batch.events = StoredEvents(
        events.map { event in
            StoredEvent(
                user: UserKey(event.user),
                device: DeviceKey(1),
                carriesUserID: false,
                type: EventTypeID(event.type),
                time: Timestamp(milliseconds: event.time * 1000),
                clientTime: Timestamp(milliseconds: 0),
                uploadTime: Timestamp(milliseconds: 0),
                context: ContextID(event.type)
            )
        }
    )
    if sequence == 1 {
        batch.contexts = (1...9).map { number in
            var context = EventContext()
            context[.country] = "country \(number)"
            return Numbered(ContextID(Int32(number)), context)
        }
    }
    return batch
}

/// Everything that a view shows: per person, each event's time, type and country, in order.
private func shown(_ view: ColumnView) -> [String] {
    let country = PropertyReference.builtIn(.country)
    return view.blocks.flatMap { block in
        block.people.indices.filter { block.hidden.isEmpty || !block.hidden[$0] }.map { person in
            let places = Int(block.starts[person])..<Int(block.starts[person + 1])
            let events = places.map { place in
                let value = view.values[country]![Int(block.columns[country]![place])]
                return "\(block.seconds[place])/\(block.types[place])/\(value.labels)"
            }
            return events.joined(separator: " ")
        }
    }.sorted()
}

@Suite struct ColumnStoreTests {
    private let country = PropertyReference.builtIn(.country)

    @Test("clustered by person, by time within a person, ties in order of arrival")
    func clustering() async throws {
        let store = MemoryEventStore(chunkSize: 2)
        try store.append([batch(1, [(2, 30, 1), (1, 20, 2), (2, 10, 3), (1, 20, 4), (2, 30, 5), (1, 5, 6)])])
        let columns = ColumnStore(store, smallTail: 0)
        let view = try await columns.view(of: [country])
        #expect(view.blocks.count == 1)
        #expect(view.blocks[0].people == [1, 2])
        #expect(view.blocks[0].starts == [0, 3, 6])
        #expect(view.blocks[0].seconds == [5, 20, 20, 10, 30, 30])
        #expect((0..<6).map { view.blocks[0].types[$0] } == [6, 2, 4, 3, 1, 5])
        #expect(
            shown(view) == [
                "10/3/[\"country 3\"] 30/1/[\"country 1\"] 30/5/[\"country 5\"]",
                "5/6/[\"country 6\"] 20/2/[\"country 2\"] 20/4/[\"country 4\"]",
            ]
        )
    }

    /// However large a tail may grow before it becomes part of the base, the same events are shown.
    @Test("later arrivals and merges: one person's events are together, wherever they lie", arguments: [0, 3, 1_000])
    func arrivals(smallTail: Int) async throws {
        let store = MemoryEventStore(chunkSize: 2)
        let columns = ColumnStore(store, smallTail: smallTail)
        try store.append([batch(1, [(1, 10, 1), (2, 20, 2), (3, 30, 3), (4, 40, 4)])])
        #expect(try await columns.view(of: [country]).blocks.reduce(0) { $0 + $1.count } == 4)

        var second = batch(2, [(2, 15, 5), (5, 50, 6)])
        second.merges = [
            Merge(from: UserKey(3), into: UserKey(1), time: Timestamp(milliseconds: 0), cause: .login)
        ]
        try store.append([second])
        #expect(
            shown(try await columns.view(of: [country])) == [
                "10/1/[\"country 1\"] 30/3/[\"country 3\"]", "15/5/[\"country 5\"] 20/2/[\"country 2\"]",
                "40/4/[\"country 4\"]", "50/6/[\"country 6\"]",
            ]
        )

        // A chain: 1, which has taken in 3, is itself taken in; and an event arrives under the old key.
        var third = batch(3, [(3, 30, 7)])
        third.merges = [
            Merge(from: UserKey(1), into: UserKey(4), time: Timestamp(milliseconds: 0), cause: .login)
        ]
        try store.append([third])
        #expect(
            shown(try await columns.view(of: [country])) == [
                "10/1/[\"country 1\"] 30/3/[\"country 3\"] 30/7/[\"country 7\"] 40/4/[\"country 4\"]",
                "15/5/[\"country 5\"] 20/2/[\"country 2\"]", "50/6/[\"country 6\"]",
            ]
        )
    }

    @Test("people merged later keep the order of arrival where times are equal")
    func tiesAcrossPeople() async throws {
        let store = MemoryEventStore()
        let columns = ColumnStore(store, smallTail: 0)
        try store.append([batch(1, [(2, 10, 1), (1, 10, 2), (2, 10, 3)])])
        _ = try await columns.view(of: [country])
        var merge = batch(2, [])
        merge.merges = [Merge(from: UserKey(2), into: UserKey(1), time: Timestamp(milliseconds: 0), cause: .login)]
        try store.append([merge])
        #expect(
            shown(try await columns.view(of: [country]))
                == ["10/1/[\"country 1\"] 10/2/[\"country 2\"] 10/3/[\"country 3\"]"]
        )
    }

    @Test("a mapping that is taken back parts the people again", arguments: [0, 1, 2, 3, 1_000])
    func unmapping(smallTail: Int) async throws {
        let store = MemoryEventStore()
        let columns = ColumnStore(store, smallTail: smallTail)
        try store.append([batch(1, [(1, 10, 1), (2, 20, 2)])])
        let apart = ["10/1/[\"country 1\"]", "20/2/[\"country 2\"]"]
        let together = ["10/1/[\"country 1\"] 20/2/[\"country 2\"]"]
        #expect(shown(try await columns.view(of: [country])) == apart)
        let (one, two) = (UserKey(1), UserKey(2))
        let facts: [(Merge, [String])] = [
            (Merge(from: one, into: two, time: Timestamp(milliseconds: 0), cause: .mapping), together),
            (Merge(from: one, into: one, time: Timestamp(milliseconds: 0), cause: .unmapping), apart),
            (Merge(from: two, into: one, time: Timestamp(milliseconds: 0), cause: .mapping), together),
        ]
        for (index, (merge, expected)) in facts.enumerated() {
            // An event in between lets a new base come about while they are together.
            var next = batch(Int64(index + 2), [(Int32(index + 5), 99, 9)])
            next.merges = [merge]
            try store.append([next])
            let others = (0...index).map { _ in "99/9/[\"country 9\"]" }
            #expect(shown(try await columns.view(of: [country])) == (expected + others).sorted(), "\(merge)")
        }
    }

    @Test("an empty project has an empty view")
    func empty() async throws {
        let view = try await ColumnStore(MemoryEventStore()).view(of: [country])
        #expect(view.blocks.isEmpty)
    }

    @Test("times as whole seconds: order is by the millisecond; what no chart can show lies at either end")
    func seconds() async throws {
        let store = MemoryEventStore()
        var events = batch(1, [(1, 0, 1), (1, 0, 2), (1, 0, 3), (1, 0, 4), (1, 0, 5), (1, 0, 6)])
        let times: [Int64] = [7_999, 7_000, -1, 4_294_967_294_999, 4_294_967_295_000, 7_998]
        for (index, time) in times.enumerated() { events.change(index) { $0.time = Timestamp(milliseconds: time) } }
        try store.append([events])
        let block = try await ColumnStore(store).view(of: [], longs: [.time]).blocks[0]
        #expect(block.longs[.time] == times.sorted())
        #expect(block.seconds == [0, 7, 7, 7, 4_294_967_294, .max])
        #expect((0..<6).map { block.types[$0] } == [3, 2, 6, 1, 4, 5])
        #expect(
            block.seconds.map { EventBlock.chartableSeconds.contains(Int64($0)) } == [
                false, true, true, true, true, false,
            ]
        )
    }

    @Test("revenue is a property like others, with a label and a number")
    func revenue() async throws {
        let store = MemoryEventStore()
        var events = batch(1, [(1, 1, 1), (1, 2, 1), (2, 3, 1), (2, 4, 1), (2, 5, 1)])
        for (index, revenue) in [nil, 9.99, 3, -3, 3].enumerated() { events.change(index) { $0.revenue = revenue } }
        try store.append([events])
        let view = try await ColumnStore(store).view(of: [.revenue])
        let values = (0..<5).map { view.values[.revenue]![Int(view.blocks[0].columns[.revenue]![$0])] }
        #expect(values.map(\.labels) == [[], ["9.99"], ["3"], ["-3"], ["3"]])
        #expect(values.map(\.number) == [nil, 9.99, 3, -3, 3])
    }

    @Test(
        "a value as a number: JSON numbers, and strings that are wholly a decimal",
        arguments: [
            ("3", 3), ("3.0", 3), ("\"3\"", 3), ("\"-2.50\"", -2.5), ("\"1e3\"", 1_000),
            ("18446744073709551615", 0x1p64),
            ("\"3 \"", nil), ("\"0x10\"", nil), ("\"inf\"", nil), ("\"nan\"", nil), ("\"1e999\"", nil), ("\"\"", nil),
            ("true", nil), ("[3]", nil), ("{\"a\":3}", nil), ("null", nil),
        ] as [(String, Double?)]
    )
    func numbers(json: String, number: Double?) async throws {
        let store = MemoryEventStore()
        var events = batch(1, [(1, 1, 1), (1, 2, 1)])
        events.change(0) { $0.eventProperties = "{\"x\":\(json)}" }
        try store.append([events])
        let property = PropertyReference.event(ExactText("x"))
        let view = try await ColumnStore(store).view(of: [property])
        let codes = view.blocks[0].columns[property]!
        #expect(view.values[property]![Int(codes[0])].number == number)
        #expect(codes[1] == 0)
    }

    @Test("codes are as narrow as the largest allows", arguments: [1, 255, 256, 65_535, 65_536])
    func widths(largest: UInt32) {
        let codes = [0, largest, 7]
        let column = CodeColumn(codes)
        #expect((0..<column.count).map { column[$0] } == codes)
        switch column {
        case .bytes: #expect(largest <= 255)
        case .shorts: #expect((256...65_535).contains(largest))
        case .words: #expect(largest >= 65_536)
        }
    }
}
