import EventModel
import QueryModel
import Storage

/// A property's distinct values, and how the codes of events are read.
struct PropertyReader: Sendable {
    private let property: PropertyReference
    private(set) var dictionary = ValueDictionary()
    /// For numbers on the events that stand for values: code by number.
    private var codeByNumber: [UInt32] = []
    private var factsKnown = 0
    /// How far the facts have been read.
    private var sequence = JournalSequence.none

    init(_ property: PropertyReference) {
        self.property = property
    }

    /// Bytes of memory.
    var size: Int { dictionary.size + codeByNumber.capacity * 4 }

    /// True if all values are in the dictionary before an event is read.
    var knowsValuesBeforehand: Bool { property.source.column != nil }

    /// Reads what has become known of the numbers since the last time.
    ///
    /// - Parameter largest: the most bytes that the distinct values may take.
    /// - Throws: `tooLarge` if they take more.
    mutating func update(
        from store: any EventStore,
        to now: JournalSequence,
        largest: Int
    ) throws(EventStoreError) {
        guard now != sequence else { return }
        switch property.source {
        case .event, .revenue: break
        case .dimension(let dimension):
            var facts = 0
            try store.readFacts(of: dimension, after: factsKnown) { number, value in
                facts += 1
                if let value {
                    let code =
                        dimension.valuesAreJSON ? dictionary.code(ofJSON: value) : dictionary.code(ofText: value)
                    setCode(code, ofNumber: number)
                } else {
                    setCode(0, ofNumber: number)
                }
                return dictionary.size <= largest
            }
            factsKnown += facts
        case .derived(let fields, let value):
            var facts: [[Numbered<Int32, String?>]] = []
            for field in fields { facts.append(try store.facts(of: .context(field), after: factsKnown)) }
            // A context has all its fields from the start, but one may arrive between two reads.
            let count = facts.map(\.count).min() ?? 0
            for index in 0..<count {
                var context = EventContext()
                for (field, known) in zip(fields, facts) { context[field] = known[index].value }
                let code = value(context).map { dictionary.code(ofText: $0) }
                setCode(code ?? 0, ofNumber: facts[0][index].key)
            }
            factsKnown += count
        }
        guard size <= largest else { throw .tooManyValues(of: property) }
        sequence = now
    }

    private mutating func setCode(_ code: UInt32, ofNumber number: Int32) {
        while codeByNumber.count <= number { codeByNumber.append(0) }
        codeByNumber[Int(number)] = code
    }

    /// The codes of a segment's events, in arrival order.
    ///
    /// - Parameter largest: the most bytes that the distinct values may take.
    /// - Throws: `tooLarge` if they take more.
    mutating func codes(
        of segment: ArrivalSegment,
        from store: any EventStore,
        largest: Int
    ) throws(EventStoreError) -> [UInt32] {
        switch property.source {
        case .dimension(let dimension): return try codes(dimension.column, of: segment, from: store)
        case .derived: return try codes(.context, of: segment, from: store)
        case .event(let name):
            return try codes(of: segment, largest: largest) { part, next throws(EventStoreError) in
                var texts = ByteDictionary()
                try store.readEventProperty(name, part.selection) { index, json in
                    next(index, UInt32(texts.number(of: json).number + 1))
                    return texts.size <= largest
                }
                return texts
            } merging: { texts, dictionary in
                (0..<texts.count).map { texts.withBytes(of: $0) { dictionary.code(ofJSON: $0) } }
            }
        case .revenue:
            return try codes(of: segment, largest: largest) { part, next throws(EventStoreError) in
                var numbers: [UInt64] = []
                var codes: [UInt64: UInt32] = [:]
                try store.readRevenues(part.selection) { index, revenue in
                    let bits = revenue.bitPattern
                    if codes[bits] == nil {
                        numbers.append(bits)
                        codes[bits] = UInt32(numbers.count)
                    }
                    next(index, codes[bits] ?? 0)
                }
                return numbers
            } merging: { numbers, dictionary in
                numbers.map { dictionary.code(ofNumber: Double(bitPattern: $0)) }
            }
        }
    }

    private func codes(
        _ column: NumberColumn,
        of segment: ArrivalSegment,
        from store: any EventStore
    ) throws(EventStoreError) -> [UInt32] {
        let first = segment.arrivals.lowerBound
        return try [UInt32](count: segment.arrivals.count) { (elements) throws(EventStoreError) in
            _ = try concurrently(segment.parts.count) { part throws(EventStoreError) in
                var next = segment.parts[part].arrivals.lowerBound - first
                try segment.readNumbers(column, ofPart: part, from: store) { numbers in
                    for i in numbers.indices {
                        let number = Int(numbers[i])
                        elements.set(next + i, number < codeByNumber.count ? codeByNumber[number] : 0)
                    }
                    next += numbers.count
                }
            }
        }
    }

    /// Reads values that are found only event by event: each thread numbers those that it meets, and in the end those
    /// numbers are exchanged for codes.
    ///
    /// - Parameters:
    ///   - read: reads a part; `next` takes an index in it, ascending, and the number of its value, from 1.
    ///   - merging: the codes of the values that a thread has numbered.
    private mutating func codes<Values: Sendable>(
        of segment: ArrivalSegment,
        largest: Int,
        read: @Sendable (ArrivalSegment.Part, _ next: (Int, UInt32) -> Void) throws(EventStoreError) -> Values,
        merging: (Values, inout ValueDictionary) -> [UInt32]
    ) throws(EventStoreError) -> [UInt32] {
        let first = segment.arrivals.lowerBound
        var found: [Values] = []
        var codes = try [UInt32](count: segment.arrivals.count) { (elements) throws(EventStoreError) in
            found = try concurrently(segment.parts.count) { part throws(EventStoreError) in
                let part = segment.parts[part]
                let start = part.arrivals.lowerBound - first
                var done = 0
                let values = try read(part) { index, number in
                    while done < index {
                        elements.set(start + done, 0)
                        done += 1
                    }
                    elements.set(start + index, number)
                    done = index + 1
                }
                for index in done..<part.arrivals.count { elements.set(start + index, 0) }
                return values
            }
        }
        let tables = found.map { [0] + merging($0, &dictionary) }
        guard size <= largest else { throw .tooManyValues(of: property) }
        codes.withSharedElements { elements in
            _ = concurrently(segment.parts.count) { part in
                let table = tables[part]
                for arrival in segment.parts[part].arrivals {
                    elements.update(arrival - first) { table[Int($0)] }
                }
            }
        }
        return codes
    }
}

extension EventStoreError {
    fileprivate static func tooManyValues(of property: PropertyReference) -> EventStoreError {
        EventStoreError(
            .tooLarge,
            "The different values of \(property.phrase) do not fit into the memory for columns."
        )
    }
}

extension PropertyReference {
    fileprivate var phrase: String {
        switch self {
        case .event(let name): "the event property \"\(name.string)\""
        case .user(let name), .userOrEvent(let name): "the user property \"\(name.string)\""
        case .builtIn(let property): "the property \(property.rawValue)"
        case .context(let field): "the property \(field.name)"
        case .eventType: "the event type"
        case .revenue: "revenue"
        }
    }
}
