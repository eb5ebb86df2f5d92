/// One event of a person that may be a step of a funnel, in as many bytes as a vector has.
public struct FunnelEvent: Sendable, BitwiseCopyable {
    /// Since 1970.
    public var second: UInt32
    /// Bit k: it may be step k. Never 0.
    public var steps: UInt32
    /// The series in which a path counts if the event splits it: a number of ``SeriesLists``.
    public var series: Int32
    /// Bit 0: ``enters``. Bit 1: ``isInterrupted``. Bit 2: ``letsPass``. From bit 3 on the type.
    @usableFromInline var traits: UInt32

    /// - Parameter type: the number of its event type, below 2²⁹.
    @inlinable
    public init(
        second: UInt32,
        steps: UInt32,
        type: UInt32,
        series: Int32,
        enters: Bool,
        isInterrupted: Bool = false,
        letsPass: Bool = false
    ) {
        self.init(second: second, steps: steps, type: type, series: series, entering: enters ? 1 : 0)
        self.isInterrupted = isInterrupted
        self.letsPass = letsPass
    }

    /// - Parameter entering: 1 if it may be the first step of a path, else 0.
    @inlinable
    public init(second: UInt32, steps: UInt32, type: UInt32, series: Int32, entering: UInt32) {
        self.second = second
        self.steps = steps
        self.series = series
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
    /// The series of the first event received in a second that may be a step.
    ///
    /// - Returns: a number of ``SeriesLists``.
    func series(of step: Int, at second: UInt32, where isMeant: (FunnelEvent) -> Bool) -> Int32 {
        var range = 0..<count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = self[middle].second < second ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        var index = range.lowerBound
        while index < count, self[index].second == second {
            let event = self[index]
            let isStep = event.steps >> UInt32(step) & 1 != 0 && (step > 0 || event.enters)
            if isStep, isMeant(event) { return event.series }
            index += 1
        }
        return SeriesLists.none
    }
}
