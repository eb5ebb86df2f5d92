public import EventModel

/// How long a project keeps its events. Source: Documentation/data.md D18 to D21.
public struct Keeping: Equatable, Sendable {
    /// Whole days beside the present one; `nil` for ever.
    public var days: KeptDays?
    /// What happened earlier is in no answer any more, and is not taken any more; `nil` if nothing has left. It never goes
    /// back.
    public var cut: Timestamp?
    /// The cut that the files follow already; behind ``cut`` while they are being written anew, and after a run that was
    /// interrupted.
    public var clearedCut: Timestamp?
    /// Somebody was shown what leaves with a cut up to this one, and meant it.
    public var confirmedCut: Timestamp?

    public init(days: KeptDays? = nil) {
        self.days = days
    }

    /// Whether files still have what is to have left them.
    public var isUnfinished: Bool {
        guard let cut else { return false }
        return clearedCut.map { $0 < cut } ?? true
    }

    /// The cut that is due; `nil` if that is so already, or nothing ever leaves.
    public func dueCut(in zone: ProjectTimeZone, at now: Timestamp) -> Timestamp? {
        guard let days else { return nil }
        let due = days.cut(in: zone, at: now)
        if let cut, due <= cut { return nil }
        // What somebody has meant goes first, and no more than that: the rest is for the guards.
        if let confirmedCut, confirmedCut < due, cut.map({ $0 < confirmedCut }) ?? true { return confirmedCut }
        return due
    }
}

/// A number of days that a project keeps.
public struct KeptDays: Hashable, Sendable {
    public let count: Int

    public static let valid = 1...36_500

    public init?(_ count: Int) {
        guard Self.valid.contains(count) else { return nil }
        self.count = count
    }

    /// The beginning of the first day that is kept: so many whole days, and the present one.
    public func cut(in zone: ProjectTimeZone, at now: Timestamp) -> Timestamp {
        zone.start(of: zone.date(of: now).adding(days: -count))
    }
}
