import ColumnEngine
import EventModel
import QueryModel
import Storage

/// Turns event selectors into the matchers of one scan. Equal ones share a matcher.
struct MatcherPlan {
    /// What an event selector has become.
    struct Matched: Hashable, Sendable {
        /// An event is meant if any of these matchers takes it.
        var bits: UInt64 = 0
        /// Then only if it is its person's first event ever.
        var isFirstEver = false
    }

    private let data: EventData
    let names: KnownNames
    let context: QueryContext
    private(set) var matchers: [EventScan.Matcher] = []
    private(set) var tests: [EventScan.Test] = []
    private var ordinals: [EventScan.Ordinal] = []
    /// Seconds: from then on it is counted which time somebody does something.
    private let historyStart: Int64
    private var known: [Part: Int] = [:]

    /// An event selector that needs one matcher.
    private struct Part: Hashable {
        var type: EventSelector.EventType
        var filters: [PropertyFilter]
        var takesFirsts: Bool
        /// The event of which it is the n-th time alone, so that nothing else shares the matcher.
        var nth: EventSelector?
    }

    init(data: EventData, names: KnownNames, context: QueryContext, historyStart: Int64) {
        self.historyStart = historyStart
        self.data = data
        self.names = names
        self.context = context
    }

    /// - Parameters:
    ///   - filters: conditions beside the selector's own ones, such as a segment's.
    ///   - takesFirsts: whether days that have left are looked at: see ``EventScan/Matcher``.
    mutating func match(
        _ selector: EventSelector,
        and filters: [PropertyFilter] = [],
        takingFirsts takesFirsts: Bool = false
    ) throws(QueryError) -> Matched {
        var matched = Matched(isFirstEver: selector.type == .firstEver)
        let parts = try context.parts(of: selector)
        guard let number = selector.nth else {
            for part in parts {
                matched.bits |= try bit(
                    Part(
                        type: part.type,
                        filters: part.filters + filters,
                        takesFirsts: takesFirsts || matched.isFirstEver
                    )
                )
            }
            return matched
        }
        // Which time it is does not depend on what a segment asks of it.
        var (counted, event): (UInt64, EventSelector) = (0, selector)
        event.groupBy = []
        for part in parts {
            counted |= try bit(Part(type: part.type, filters: part.filters, takesFirsts: false))
            matched.bits |= try bit(
                Part(type: part.type, filters: part.filters + filters, takesFirsts: false, nth: event)
            )
        }
        ordinals.append(
            EventScan.Ordinal(counted: counted, narrowed: matched.bits, number: number, from: historyStart)
        )
        return matched
    }

    private mutating func bit(_ part: Part) throws(QueryError) -> UInt64 {
        if let number = known[part] { return 1 << UInt64(number) }
        var types = types(part.type)
        for filter in part.filters where filter.property == .eventType { keep(filter, in: &types) }
        known[part] = matchers.count
        let bit = try bit(types, takingFirsts: part.takesFirsts)
        for filter in part.filters where filter.property != .eventType {
            test(filter.property, try data.passes(filter), bit)
        }
        if case .revenue = part.type { test(.revenue, data.hasValue(of: .revenue), bit) }
        return bit
    }

    /// All events of some types.
    mutating func bit(_ types: [Bool], takingFirsts takesFirsts: Bool = false) throws(QueryError) -> UInt64 {
        guard matchers.count < EventScan.mostMatchers else {
            throw .tooLarge(.combinations(limit: EventScan.mostMatchers))
        }
        matchers.append(EventScan.Matcher(types: types, takesFirsts: takesFirsts))
        return 1 << UInt64(matchers.count - 1)
    }

    private mutating func test(_ property: PropertyReference, _ passes: [Bool], _ bit: UInt64) {
        // The same condition of several matchers is looked up once.
        if let same = tests.firstIndex(where: { $0.property == property && $0.passes == passes }) {
            tests[same].matchers |= bit
        } else {
            tests.append(EventScan.Test(property: property, passes: passes, matchers: bit))
        }
    }

    /// Leaves only those types whose names pass.
    private func keep(_ filter: PropertyFilter, in types: inout [Bool]) {
        let matcher = ValueMatcher(filter)
        for type in names.eventTypes where Int(type.key.number) < types.count && types[Int(type.key.number)] {
            types[Int(type.key.number)] = matcher.passes(DistinctValue(labels: [type.value]))
        }
    }

    /// By event type, whether it is meant.
    func types(_ type: EventSelector.EventType) -> [Bool] {
        if case .anyRow = type {
            return [Bool](repeating: true, count: (names.eventTypes.map { Int($0.key.number) }.max() ?? 0) + 1)
        }
        let counted = names.countedTypes
        var types = [Bool](repeating: false, count: Int(counted.map(\.key).max() ?? 0) + 1)
        for candidate in counted {
            types[Int(candidate.key)] =
                switch type {
                case .named(let name): candidate.value == name
                case .anyActive: !context.inactiveTypes.contains(candidate.value)
                case .any, .anyRow, .firstEver, .revenue(.any), .revenue(.unverified): true
                case .revenue(.verified), .custom: false
                }
        }
        return types
    }

    /// The scan of everything matched so far.
    func scan(_ times: Range<Int64>) -> EventScan {
        EventScan(times: times, matchers: matchers, tests: tests, ordinals: ordinals)
    }
}
