import ColumnEngine
import EventModel
import QueryModel
import Storage

/// The events that a question is folded over: all at once or, where they are more than memory is there for, by ranges of
/// people.
struct EventData: Sendable {
    /// The distinct values of each property, by code.
    let values: [PropertyReference: [DistinctValue]]
    /// Their labels.
    private let labels: [PropertyReference: ValueLabels]
    /// Names people by all their user keys.
    private let anyView: ColumnView
    private var whole: ColumnView?
    /// Who is looked at at all.
    private var tests: [PeopleTest] = []
    private let columns: ColumnStore
    private let longs: Set<LongColumn>
    private let types: Set<Int32>?
    /// The properties that are loaded.
    private let needed: Set<PropertyReference>
    /// Those that follow from them.
    private let joined: [JoinedColumn]

    /// - Parameters:
    ///   - joins: those of the properties that are columns of lookup tables.
    ///   - types: the only event types that will be looked at; `nil` for all.
    init(
        _ columns: ColumnStore,
        _ properties: Set<PropertyReference>,
        _ joins: [Join],
        _ longs: Set<LongColumn>,
        _ types: Set<Int32>?
    ) async throws {
        let needed = properties.subtracting(joins.map(\.property)).union(joins.map(\.base))
        self.columns = columns
        self.needed = needed
        self.longs = longs
        self.types = types
        let loaded: ColumnView
        var isWhole = true
        do throws(EventStoreError) {
            loaded = try await columns.view(of: needed, longs: longs, types: types)
        } catch {
            guard error.code == .tooLarge else { throw error }
            loaded = try await Self.firstView(columns, needed, longs, types).withoutEvents
            isWhole = false
        }
        joined = try joins.map { try $0.joined(in: loaded) }
        anyView = loaded.with(joined)
        whole = isWhole ? anyView : nil
        (values, labels) = (anyView.values, anyView.labels)
    }

    private struct Enough: Error {}

    private static func firstView(
        _ columns: ColumnStore,
        _ needed: Set<PropertyReference>,
        _ longs: Set<LongColumn>,
        _ types: Set<Int32>?
    ) async throws -> ColumnView {
        var first = ColumnView(blocks: [])
        do {
            try await columns.forEachView(of: needed, longs: longs, types: types) { view in
                first = view
                throw Enough()
            }
        } catch is Enough {}
        return first
    }

    /// The same of those people alone who pass all tests.
    func only(_ tests: [PeopleTest]) -> EventData {
        var data = self
        data.tests += tests
        data.whole = whole?.only(tests)
        return data
    }

    /// All keys of the people to whom these keys belong: a block names a person by any of them.
    func keys(ofSamePeople keys: UserKeySet) -> UserKeySet { anyView.keys(ofSamePeople: keys) }

    /// Folds the selected events of all people. What goes wrong there, other than in the store, is the caller's going away.
    func fold<Fold: EventFold>(_ empty: Fold, over scan: EventScan) async throws(QueryError) -> Fold {
        do {
            return try await folded(empty, over: scan)
        } catch let error as EventStoreError {
            throw QueryError(error)
        } catch {
            throw .cancelled
        }
    }

    private func folded<Fold: EventFold>(_ empty: Fold, over scan: EventScan) async throws -> Fold {
        if let whole { return try await whole.fold(empty, over: scan) }
        var result = empty
        let known = values.mapValues(\.count)
        try await columns.forEachView(of: needed, longs: longs, types: types) { loaded in
            let view = loaded.with(joined)
            guard view.values.mapValues(\.count) == known else {
                throw EventStoreError(.unavailable, "New values arrived while the query ran by ranges of people.")
            }
            result.merge(try await view.only(tests).fold(empty, over: scan))
        }
        return result
    }
}

extension QueryError {
    init(_ error: EventStoreError) {
        self = error.code == .tooLarge ? .tooLarge(.columns(error.message)) : .unavailable(detail: "\(error)")
    }
}

extension EventData {
    func labels(of property: PropertyReference) -> ValueLabels { labels[property] ?? ValueLabels() }

    /// By code of the filter's property: whether the value passes.
    func passes(_ filter: PropertyFilter) throws(QueryError) -> [Bool] {
        let matcher = ValueMatcher(filter)
        let values = values[filter.property] ?? [.none]
        var passes: [Bool] = []
        passes.reserveCapacity(values.count)
        var check = CancellationCheck()
        for value in values {
            try check.next()
            passes.append(matcher.passes(value))
        }
        return passes
    }

    /// By code: whether there is a value.
    func hasValue(of property: PropertyReference) -> [Bool] {
        (values[property] ?? [.none]).map { !$0.labels.isEmpty }
    }

    /// By code: the value as a number; not a number where it is none.
    func numbers(of property: PropertyReference) -> [Double] {
        (values[property] ?? [.none]).map { $0.number ?? .nan }
    }

    /// Whether there are values, and all of them are numbers.
    func isNumeric(_ property: PropertyReference) -> Bool {
        let known = (values[property] ?? []).filter { !$0.labels.isEmpty }
        return !known.isEmpty && known.allSatisfy { $0.number != nil }
    }

    /// By code: the first code of the same value, as 3, 3.0 and "3" are one. The list of them alone is another, as it is no
    /// number.
    func firstCodes(of property: PropertyReference) -> [UInt32] {
        let (values, labels) = (values[property] ?? [.none], labels(of: property))
        // By label, and whether it is a number: the first code and one more.
        var first = [UInt32](repeating: 0, count: 2 * labels.texts.count)
        var firstOfLists: [[ExactText]: UInt32] = [:]
        return values.indices.map { code in
            let (value, label) = (values[code], labels.byCode[code])
            guard label >= 0, value.labels.count < 2 else {
                let texts = value.labels.map { ExactText($0) }
                if let known = firstOfLists[texts] { return known }
                firstOfLists[texts] = UInt32(code)
                return UInt32(code)
            }
            // No value is another than the text that stands for it.
            if value.labels.isEmpty { return 0 }
            let place = 2 * Int(label) + (value.number == nil ? 0 : 1)
            if first[place] == 0 { first[place] = UInt32(code) + 1 }
            return first[place] - 1
        }
    }
}
