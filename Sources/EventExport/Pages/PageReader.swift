import ColumnEngine
import EventModel
import QueryExecution
import QueryModel
import Storage

/// Reads pages of a project's events, one after another, so that memory is bounded however many are asked for.
///
/// On a queue of its own, as its calls block.
actor PageReader {
    private let stores: @Sendable () -> any EventStore & ArrivalStore & PeopleStore
    private let project: Int64
    /// A page takes no more when it has looked at so many rows, or has so many bytes.
    private let mostRows: Int
    private let executor = SerialQueueExecutor(label: "antinode.pages")

    private static let mostBytes = 4 << 20
    private static let mostMerges = 50_000

    // Safe: the actor owns its executor.
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(
        _ store: @escaping @autoclosure @Sendable () -> any EventStore & ArrivalStore & PeopleStore,
        project: Int64,
        mostRows: Int = 1 << 16
    ) {
        stores = store
        self.project = project
        self.mostRows = mostRows
    }

    private var store: any EventStore & ArrivalStore & PeopleStore { stores() }

    /// - Throws: `QueryError` if a name in `selection` was never received, or `EventStoreError`.
    func page(
        _ selection: ExportSelection,
        without hidden: HiddenPeople = .nobody,
        from first: Int,
        to end: Int?
    ) throws -> ExportPage {
        let condition = ArrivalCondition(times: selection.times, types: try types(of: selection))
        let arrivals = try store.progress().arrivals
        let end = min(end ?? arrivals, arrivals)
        let conditions = EventConditions(selection.conditions)
        let part = ExportPart(project: project, mostEvents: .max)
        var piece = PieceSize()
        var number = min(max(first, 0), end)
        let last = min(number + mostRows, end)
        while number < last, part.byteCount < Self.mostBytes {
            let next = min(number + piece.rows, last)
            let before = part.byteCount
            try store.readEvents(in: number..<next, where: condition) { events in
                for event in events where !hidden.hides(event.event) && conditions.hold(for: event) {
                    part.add(event)
                }
            }
            number = next
            piece.adapt(to: part.byteCount - before)
        }
        return ExportPage(lines: part.bytes(in: .arrival), count: part.count, next: number, end: end)
    }

    /// The types that are meant. A name that was never received is a mistake, as in a question.
    private func types(of selection: ExportSelection) throws -> Set<EventTypeID> {
        let properties = Set(selection.conditions.map(\.property))
        let names = KnownNames(
            eventTypes: try store.eventTypes(),
            properties: properties.isEmpty ? [] : Set(try store.propertyNames())
        )
        try names.check((selection.types ?? []).sorted().map { EventSelector(type: .named($0)) })
        try names.check(Dictionary(uniqueKeysWithValues: properties.map { ($0, .event) }))
        let meant = names.eventTypes.filter { type in
            EventNames.isActivity(type.value) && selection.types?.contains(ExactText(type.value)) ?? true
        }
        return Set(meant.map(\.key))
    }

    func merges(without hidden: HiddenPeople = .nobody, from first: Int) throws -> ExportPage {
        let rest = try store.merges(after: max(first, 0))
        let some = rest.prefix(Self.mostMerges)
        let ids = try store.amplitudeIDs(of: Set(some.flatMap { [$0.from, $0.into] }))
        var json = JSONWriter()
        // People are hidden as a whole, so both ends of a merge are; but for one that was taken back before.
        // Of people who are gone only the places are left.
        let shown = some.filter { merge in
            merge != .nothing && !hidden.contains(merge.from) && !hidden.contains(merge.into)
        }
        for merge in shown {
            json.raw("{\"amplitude_id\":")
            json.integer((ids[merge.from] ?? AmplitudeID(merge.from)).number)
            json.member("merge_event_time", merge.time)
            json.key("merged_amplitude_id")
            json.integer((ids[merge.into] ?? AmplitudeID(merge.into)).number)
            json.key("scope")
            json.integer(project)
            json.raw("}\n")
        }
        return ExportPage(
            lines: json.bytes,
            count: shown.count,
            next: max(first, 0) + some.count,
            end: max(first, 0) + rest.count
        )
    }
}
