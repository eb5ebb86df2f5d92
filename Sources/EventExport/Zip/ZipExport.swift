import Compression
import EventModel
public import Storage

/// The events of some hours as the zip file that Amplitude answers: made piece by piece, so that memory is bounded however
/// many there are. Source: Documentation/data.md D2.
///
/// On a queue of its own, as its calls block.
public actor ZipExport {
    private let stores: @Sendable () -> any ArrivalStore
    private let hidden: HiddenPeople
    private let project: Int64
    private let eventsPerPart: Int
    private var hours: [ArrivalHour] = []
    private let executor = SerialQueueExecutor(label: "antinode.export")
    private var zip: ZipWriter
    /// The hour that is under way, the next of its numbers, and of its parts.
    private var hour = 0
    private var number = 0
    private var part = 0
    private var isOver = false
    /// The member whose content is being compressed while the next one is read.
    private var underway: (name: String, content: Task<[UInt8], Never>)?
    private let packer = Packer()
    /// What was made to see whether there is anything.
    private var first: [UInt8]?
    private var piece = PieceSize()
    /// Held as long as this is.
    private let place: ExportPlaces.Place?

    // Safe: the actor owns its executor.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private init(
        in store: @escaping @autoclosure @Sendable () -> any ArrivalStore,
        without hidden: HiddenPeople,
        project: Int64,
        now: Timestamp,
        eventsPerPart: Int,
        place: ExportPlaces.Place?
    ) {
        stores = store
        self.hidden = hidden
        self.project = project
        self.eventsPerPart = eventsPerPart
        self.place = place
        zip = ZipWriter(at: now)
    }

    /// - Parameters:
    ///   - times: of receipt.
    ///   - hidden: whose events are left out.
    ///   - project: number of the project, Amplitude's `app`.
    ///   - now: when the file's members are said to have been made.
    /// - Returns: `nil` if no event was received in that time, but for those that are left out.
    static func begin(
        _ times: Range<Timestamp>,
        in store: @escaping @autoclosure @Sendable () -> any ArrivalStore,
        without hidden: HiddenPeople = .nobody,
        project: Int64,
        now: Timestamp,
        eventsPerPart: Int = 50_000,
        place: ExportPlaces.Place? = nil
    ) async throws(EventStoreError) -> ZipExport? {
        let export = ZipExport(
            in: store(),
            without: hidden,
            project: project,
            now: now,
            eventsPerPart: eventsPerPart,
            place: place
        )
        return try await export.find(receivedIn: times) ? export : nil
    }

    private func find(receivedIn times: Range<Timestamp>) async throws(EventStoreError) -> Bool {
        hours = try stores().hours(receivedIn: times)
        number = hours.first?.numbers.lowerBound ?? 0
        if hours.isEmpty || hidden.isEmpty { return !hours.isEmpty }
        first = try await nextMember()
        return first != nil
    }

    /// The next bytes of the file, some megabytes; `nil` after the last. One call at a time.
    public func next() async throws(EventStoreError) -> [UInt8]? {
        if let first {
            self.first = nil
            return first
        }
        if let member = try await nextMember() { return member }
        if isOver { return nil }
        isOver = true
        return zip.directory()
    }

    private func nextMember() async throws(EventStoreError) -> [UInt8]? {
        while hour < hours.count {
            let part = try readPart()
            let before = underway
            underway = nil
            if !part.isEmpty {
                let lines = part.bytes(in: .person)
                underway = (memberName, Task { [packer] in await packer.compress(lines) })
                self.part += 1
            }
            if number >= hours[hour].numbers.upperBound { beginNextHour() }
            if let before { return zip.member(before.name, await before.content.value) }
        }
        if let last = underway {
            underway = nil
            return zip.member(last.name, await last.content.value)
        }
        return nil
    }

    /// Compresses beside the reading.
    private actor Packer {
        private let executor = SerialQueueExecutor(label: "antinode.export.packing")
        // Safe: the actor owns its executor.
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

        func compress(_ lines: [UInt8]) -> [UInt8] { Gzip.compress(lines) }
    }

    private func readPart() throws(EventStoreError) -> ExportPart {
        let part = ExportPart(project: project, mostEvents: eventsPerPart)
        let (hour, hidden) = (hours[hour], hidden)
        while number < hour.numbers.upperBound, !part.isFull {
            let end = min(number + min(piece.rows, eventsPerPart), hour.numbers.upperBound)
            let before = part.byteCount
            try stores().readEvents(in: number..<end, where: ArrivalCondition(received: hour.times)) { events in
                for event in events where EventNames.isActivity(event.type) && !hidden.hides(event.event) {
                    part.add(event)
                }
            }
            number = end
            piece.adapt(to: part.byteCount - before)
        }
        return part
    }

    private func beginNextHour() {
        hour += 1
        part = 0
        if hour < hours.count { number = hours[hour].numbers.lowerBound }
    }

    /// Such as `1/1_2026-06-16_9#0.json.gz`.
    private var memberName: String {
        let number = hours[hour].number
        let date = CalendarDate(daysSinceEpoch: Int(number / 24)).iso
        return "\(project)/\(project)_\(date)_\(number % 24)#\(part).json.gz"
    }
}
