/// One event of a person that may be a step of a funnel, in as many bytes as a vector has.
public struct FunnelEvent: Sendable, BitwiseCopyable {
    /// Since 1970.
    public var second: UInt32
    /// Bit k: it may be step k. Never 0.
    public var steps: UInt32
    /// By which a ``FunnelEventReader`` knows it.
    public var place: Int32
    /// Bit 0: ``enters``. Bit 1: ``isInterrupted``. Bit 2: ``letsPass``. From bit 3 on the type.
    @usableFromInline var traits: UInt32

    /// - Parameter type: the number of its event type, below 2²⁹.
    @inlinable
    public init(
        second: UInt32,
        steps: UInt32,
        type: UInt32,
        place: Int32,
        enters: Bool,
        isInterrupted: Bool = false,
        letsPass: Bool = false
    ) {
        self.init(second: second, steps: steps, type: type, place: place, entering: enters ? 1 : 0)
        self.isInterrupted = isInterrupted
        self.letsPass = letsPass
    }

    /// - Parameter entering: 1 if it may be the first step of a path, else 0.
    @inlinable
    public init(second: UInt32, steps: UInt32, type: UInt32, place: Int32, entering: UInt32) {
        self.second = second
        self.steps = steps
        self.place = place
        traits = type << 3 | entering
    }

    /// Its event type.
    var type: UInt32 { traits >> 3 }

    /// Whether it may be the first step of a path.
    var enters: Bool {
        get { traits & 1 != 0 }
        set { traits = traits & ~1 | (newValue ? 1 : 0) }
    }

    /// 1 if it enters, else 0.
    var entries: Int { Int(traits & 1) }

    /// Whether an event that is no step comes after it, in a second between its own and that of the next event that is
    /// one. Asked for only where steps must follow on each other.
    @inlinable public var isInterrupted: Bool {
        get { traits & 2 != 0 }
        set { traits = traits & ~2 | (newValue ? 2 : 0) }
    }

    /// Whether steps may follow on each other past it: neither it nor any other event in its second makes anybody active.
    /// Asked for only where steps must follow on each other.
    @inlinable public var letsPass: Bool {
        get { traits & 4 != 0 }
        set { traits = traits & ~4 | (newValue ? 4 : 0) }
    }

    /// Its second as ways have it, since a second that all begin with.
    @inline(__always)
    func time(since base: UInt32) -> Int32 { Int32(truncatingIfNeeded: second &- base) }

    /// Whether it may be one of several steps.
    var isShared: Bool { steps & (steps &- 1) != 0 }
}

extension Span<Int32> {
    /// The events of a person, if these are where they end by person.
    @inline(__always)
    func events(of person: Int) -> Range<Int> {
        (person == 0 ? 0 : Int(self[person - 1]))..<Int(self[person])
    }
}

extension Span<FunnelEvent> {
    /// The place of the first event received in a second that may be a step.
    func place(
        of step: Int,
        at second: UInt32,
        _ reader: some FunnelEventReader,
        where isMeant: (FunnelEvent) -> Bool = { _ in true }
    ) -> Int32 {
        var range = 0..<count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = self[middle].second < second ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        var found: (place: Int32, arrival: UInt32)?
        for index in range.lowerBound..<count {
            let event = self[index]
            if event.second != second { break }
            guard event.steps >> UInt32(step) & 1 != 0, step > 0 || event.enters, isMeant(event) else { continue }
            let arrival = reader.arrival(at: event.place)
            if arrival < found?.arrival ?? .max { found = (event.place, arrival) }
        }
        guard let found else { preconditionFailure("a way's step has an event") }
        return found.place
    }
}
