import EventModel
public import QueryModel
public import Storage

extension ColumnStore {
    /// Lends views that together show each person exactly once, one after another.
    ///
    /// If all of it fits into the budget, that is one view. Else there is one for each range of people, whose columns are
    /// loaded before `body` and dropped after it; all of them show the same moment, and have the same values by code.
    /// A person with more events than fit is still shown, in a view alone.
    ///
    /// - Parameter types: the only event types that the caller will look at, if it knows; then views may lack others.
    /// - Throws: `tooLarge` if the distinct values of a property alone are over the budget; or what `body` throws.
    public func forEachView(
        of needed: Set<PropertyReference>,
        longs: Set<LongColumn> = [],
        types: Set<Int32>? = nil,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (ColumnView) async throws -> Void
    ) async throws {
        if let view = try await viewWithinBudget(of: needed, longs: longs, types: types) {
            return try await body(view)
        }
        let plan = try await plan(of: needed, longs: longs)
        for persons in plan.ranges { try await body(try await view(persons, plan)) }
    }

    /// A question that is answered range by range.
    struct RangePlan: Sendable {
        /// Another one may take its place before the last range.
        var store: any EventStore
        var rows: Int
        var people: People
        var hidden: HiddenPeople
        var readers: [PropertyReference: PropertyReader] = [:]
        var longs: Set<LongColumn>
        /// Of numbers of people.
        var ranges: [Range<Int32>] = []
        /// The bytes of the distinct values.
        var holding: Holding
    }

    /// - Parameter most: events of a range; as many as the budget allows unless given.
    func plan(
        of needed: Set<PropertyReference>,
        longs: Set<LongColumn>,
        most: Int? = nil
    ) throws(EventStoreError) -> RangePlan {
        dropAll()
        let now = try store.progress()
        var plan = RangePlan(
            store: store,
            rows: now.rows,
            people: People(try store.merges(after: 0)),
            hidden: try hiddenPeople(),
            longs: longs,
            holding: Holding(account, bytes: 0)
        )
        var bytesPerEvent = Self.baseBytes(1) + longs.count * 8
        for property in needed {
            var reader = PropertyReader(property)
            try reader.update(from: store, to: now.sequence, largest: dictionaryLimit)
            if !reader.knowsValuesBeforehand {
                // All values before the first view, so that a question can number its groups once.
                for segment in ArrivalSegment.all(of: 0..<now.rows, split) {
                    _ = try reader.codes(of: segment, from: store, largest: dictionaryLimit)
                }
            }
            bytesPerEvent += CodeColumn.width(largest: reader.dictionary.largestCode)
            plan.holding.bytes += reader.size
            plan.readers[property] = reader
        }
        let left = max(budget - account.bytes, budget / 4)
        let counts = try Clustering(store: store, people: plan.people, rows: 0..<now.rows, split: split).counts()
        plan.ranges = Self.ranges(counts.byPerson, most: most ?? left / bytesPerEvent)
        return plan
    }

    /// Ranges of people with no more than `most` events, unless it is one person.
    private static func ranges(_ counts: [UInt32], most: Int) -> [Range<Int32>] {
        var ranges: [Range<Int32>] = []
        var first = 0
        var events = 0
        for (person, own) in counts.enumerated() {
            if events > 0, events + Int(own) > most {
                ranges.append(Int32(first)..<Int32(person))
                first = person
                events = 0
            }
            events += Int(own)
        }
        if events > 0 { ranges.append(Int32(first)..<Int32(counts.count)) }
        return ranges
    }

    func view(_ persons: Range<Int32>, _ plan: RangePlan) throws(EventStoreError) -> ColumnView {
        let rows = 0..<plan.rows
        var clustered = try Clustering(
            store: plan.store,
            people: plan.people,
            rows: rows,
            persons: persons,
            split: split
        )
        .block()
        let segments = ArrivalSegment.all(of: rows, split)
        var dictionaries: [PropertyReference: ValueDictionary] = [:]
        for (property, known) in plan.readers {
            var reader = known
            try clustered.load(property, through: &reader, segments, from: plan.store, dictionaryLimit: dictionaryLimit)
            dictionaries[property] = reader.dictionary
        }
        for column in plan.longs { try clustered.load(column, segments, from: plan.store) }
        clustered.block.hide(plan.hidden.keys, plan.people)
        let size = clustered.block.sizeWithoutColumns + clustered.block.sizeOfColumns
        return ColumnView(
            blocks: clustered.block.count > 0 ? [clustered.block] : [],
            dictionaries,
            people: plan.people,
            cut: plan.hidden.cut?.seconds,
            holdings: [plan.holding, Holding(account, bytes: size)]
        )
    }
}
