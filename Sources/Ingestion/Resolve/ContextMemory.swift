import EventModel
import JSONTape
import Storage

/// The contexts that were needed, and their numbers, with those that are not committed yet.
struct ContextMemory {
    private let record: any ProjectRecord
    /// The largest number given so far.
    private var last: Int32
    private var known = RevocableDictionary<ContextID, EventContext>()
    private var numbers = RecentTable(capacity: RecordMemory.capacity, filler: ContextID(0))
    private var steps = RecentTable(
        capacity: RecordMemory.capacity,
        filler: Step(context: ContextID(0), received: .none)
    )
    /// Those that became known since the change was last taken.
    private var new: [Numbered<ContextID, EventContext>] = []

    /// What an event makes of a context.
    struct Step: BitwiseCopyable {
        var context: ContextID
        /// Of what the event has brought values.
        var received: PropertyBundleID
    }

    init(_ record: any ProjectRecord, last: Int32) {
        self.record = record
        self.last = last
    }

    /// The context after an event, worked out once for each context before and what an event sets.
    mutating func context(
        after before: ContextID?,
        _ sent: Fingerprint,
        isRevenue: Bool,
        _ arrivals: inout ArrivalMemory,
        _ event: () -> EventContext
    ) throws(ProjectRecordError) -> Step {
        let number = UInt64(UInt32(bitPattern: before?.number ?? 0))
        let step = sent.with(number << 1 | (isRevenue ? 1 : 0))
        if let known = steps.value(step) { return known }
        var context = try self.context(before)
        let event = event()
        let received = try arrivals.bundle(context.received(from: event, isRevenue: isRevenue))
        context.update(from: event, isRevenue: isRevenue)
        let after = Step(context: try self.number(of: context), received: received)
        steps.set(step, after)
        return after
    }

    /// The context that consists of what was sent, whatever was before.
    mutating func context(
        sent: Fingerprint,
        _ event: () -> EventContext
    ) throws(ProjectRecordError) -> ContextID {
        // Beyond all that stand for what was before.
        let step = sent.with(1 << 40)
        if let known = steps.value(step) { return known.context }
        let context = try number(of: event())
        steps.set(step, Step(context: context, received: .none))
        return context
    }

    mutating func context(_ id: ContextID?) throws(ProjectRecordError) -> EventContext {
        guard let id else { return EventContext() }
        if let context = known[id] { return context }
        guard let text = try record.text(of: id),
            let context = try? JSONDocument.withRoot(of: Array(text.utf8), { EventContext($0) })
        else {
            throw ProjectRecordError(.damaged, "context \(id.number) is referred to, but not readable")
        }
        known[id] = context
        return context
    }

    mutating func number(of context: EventContext) throws(ProjectRecordError) -> ContextID {
        var json = JSONWriter()
        context.write(to: &json)
        let fingerprint = json.withBytes { Fingerprint(secretly: $0) }
        if let id = numbers.value(fingerprint) { return id }
        let id: ContextID
        if let stored = try record.context(withText: json.text) {
            id = stored
        } else {
            last += 1
            id = ContextID(last)
            new.append(Numbered(id, context))
        }
        numbers.set(fingerprint, id)
        known[id] = context
        return id
    }

    // MARK: Taking back, and the change

    struct Mark {
        fileprivate var last: Int32
        fileprivate var new: Int
    }

    /// From now on changes can be taken back up to here.
    mutating func mark() -> Mark {
        known.mark()
        numbers.mark()
        steps.mark()
        return Mark(last: last, new: new.count)
    }

    /// - Parameter mark: the last one that was made.
    mutating func takeBack(to mark: Mark) {
        known.takeBack()
        numbers.takeBack()
        steps.takeBack()
        last = mark.last
        new.removeSubrange(mark.new...)
    }

    /// Adds what has changed; afterwards there is no change, and what the record can tell again is forgotten if it is much.
    mutating func takeChange(into batch: inout JournalBatch) {
        batch.contexts = new
        new = []
        numbers.shrink()
        steps.shrink()
        if known.count > RecordMemory.largeCapacity { known.removeAll() }
    }
}
