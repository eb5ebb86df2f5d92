public import EventModel
public import QueryModel
public import Storage

/// Keeps a project's columns in memory, loads those that a query needs, and folds in what has arrived since.
///
/// Three blocks make a view: the *base*, loaded once; the *tail* of later arrivals, loaded anew when there are more; and
/// the *joined* people, whose events lie in both or who were merged since. When the tail has grown too large, all of it
/// becomes a new base.
public actor ColumnStore {
    private let store: any EventStore
    private let executor: SerialQueueExecutor

    /// How many merges were known when the base was clustered, and whose events were whose then.
    private var baseMerges = 0
    private var basePeople = People([])
    private var base = LoadedBlock()
    private var tail = LoadedBlock()
    private var joined = JoinedBlock()
    private var dictionaries: [PropertyReference: ValueDictionary] = [:]
    private var types: [Named<EventTypeID>] = []
    private var properties: Set<PropertyName> = []
    private var progress = StoreProgress(sequence: .none, rows: 0)

    /// A tail up to this size, or up to a quarter of the base, is cheaper to load again than the base is to rebuild.
    private let smallTail: Int

    // Safe: the actor owns its executor.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    public init(_ store: any EventStore, smallTail: Int = 100_000) {
        self.store = store
        self.smallTail = smallTail
        executor = SerialQueueExecutor(label: "antinode.columns")
    }

    /// The event types and properties that have occurred.
    public func names() throws(EventStoreError) -> KnownNames {
        try refresh()
        return KnownNames(eventTypes: types, properties: properties)
    }

    /// The events stored so far, with these properties loaded.
    public func view(of needed: Set<PropertyReference>) throws(EventStoreError) -> ColumnView {
        try refresh()
        for property in needed {
            try load(property, into: &base)
            try load(property, into: &tail)
            joined.gather(property, base.block, tail.block)
        }
        return ColumnView(
            blocks: [base.block, tail.block, joined.block].filter { $0.count > 0 },
            values: dictionaries.mapValues(\.values)
        )
    }

    // MARK: Keeping up

    private func refresh() throws(EventStoreError) {
        let now = try store.progress()
        guard now != progress else { return }
        let merges = try store.merges()
        types = try store.eventTypes()
        properties = Set(try store.propertyNames())
        let people = People(merges)
        // Whoever stands together in the base and no longer belongs together can only be parted by a new base.
        let isParted = merges.dropFirst(baseMerges).contains { basePeople.isMerged($0.from.number) }
        if isParted || now.rows - base.rows.upperBound > max(smallTail, base.block.count / 4) {
            baseMerges = merges.count
            basePeople = people
            base = try cluster(0..<now.rows, people)
            tail = LoadedBlock(rows: now.rows..<now.rows)
        } else {
            tail = try cluster(base.rows.upperBound..<now.rows, people)
        }
        joined = JoinedBlock(&base, &tail, people)
        progress = now
    }

    private func cluster(_ rows: Range<Int>, _ people: People) throws(EventStoreError) -> LoadedBlock {
        var persons: [Int32] = []
        var times: [Int64] = []
        var types: [Int32] = []
        persons.reserveCapacity(rows.count)
        times.reserveCapacity(rows.count)
        types.reserveCapacity(rows.count)
        try store.readEvents(rows: rows) { userChunk, timeChunk, typeChunk in
            for i in userChunk.indices {
                persons.append(people.person(ofKey: userChunk[i]))
                times.append(timeChunk[i])
                types.append(typeChunk[i])
            }
        }
        var places: [Int32] = []
        let block = EventBlock(people: persons, times: times, types: types, places: &places)
        return LoadedBlock(rows: rows, places: places, block: block)
    }

    // MARK: Loading a property

    private func load(_ property: PropertyReference, into target: inout LoadedBlock) throws(EventStoreError) {
        guard target.block.columns[property] == nil else { return }
        var dictionary = dictionaries[property] ?? ValueDictionary()
        var codes = [UInt32](repeating: 0, count: target.block.count)
        switch property.source {
        case .event(let name):
            let first = target.rows.lowerBound
            let places = target.places
            try store.readEventProperty(name, rows: target.rows) { row, json in
                codes[Int(places[row - first])] = dictionary.code(ofJSON: json)
            }
        case .dimension(let dimension):
            let values = try store.values(of: dimension)
            var codeByNumber: [UInt32] = []
            for value in values {
                let code =
                    dimension.valuesAreJSON
                    ? dictionary.code(ofJSON: value.value) : dictionary.code(ofText: value.value)
                codeByNumber.set(code, at: Int(value.key))
            }
            try load(dimension.column, of: target, codeByNumber, &codes)
        case .derived(let fields, let value):
            var contexts: [Int32: EventContext] = [:]
            for field in fields {
                for text in try store.values(of: .context(field)) {
                    contexts[text.key, default: EventContext()][field] = text.value
                }
            }
            var codeByNumber: [UInt32] = []
            for (number, context) in contexts.sorted(by: { $0.key < $1.key }) {
                if let text = value(context) { codeByNumber.set(dictionary.code(ofText: text), at: Int(number)) }
            }
            try load(.context, of: target, codeByNumber, &codes)
        }
        dictionaries[property] = dictionary
        target.block.columns[property] = codes
    }

    private func load(
        _ column: NumberColumn,
        of target: LoadedBlock,
        _ codeByNumber: [UInt32],
        _ codes: inout [UInt32]
    ) throws(EventStoreError) {
        var row = 0
        let places = target.places
        try store.readNumbers(column, rows: target.rows) { numbers in
            for i in numbers.indices {
                let number = Int(numbers[i])
                if number < codeByNumber.count { codes[Int(places[row])] = codeByNumber[number] }
                row += 1
            }
        }
    }
}

extension [UInt32] {
    fileprivate mutating func set(_ code: UInt32, at index: Int) {
        while count <= index { append(0) }
        self[index] = code
    }
}

/// The names that a query may use.
public struct KnownNames: Sendable {
    public var eventTypes: [Named<EventTypeID>]
    public var properties: Set<PropertyName>
}
