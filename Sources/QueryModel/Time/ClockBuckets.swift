import EventModel

/// Buckets below a day, by the clock on the wall. Source: Documentation/time.md T6, T7.
struct ClockBuckets {
    private(set) var bounds: [Int64] = []
    private(set) var labels: [String] = []
    private(set) var dates: [CalendarDate] = []
    private(set) var repeats: [RepeatedBucket] = []

    init(_ range: DateRange, _ interval: Interval, _ zone: ProjectTimeZone, leadCount: Int) {
        let seconds = interval.clockSeconds
        // One day may be skipped altogether.
        var date = range.first.adding(days: leadCount == 0 ? 0 : -(leadCount / (86_400 / seconds) + 2))
        while date <= range.last {
            add(date, zone, seconds, isShown: date >= range.first)
            date = date.adding(days: 1)
        }
        bounds.append(zone.start(of: date).seconds)
        // The range may begin and end within a day.
        let perHour = 3600 / seconds
        let shownFirst = dates.firstIndex { $0 >= range.first } ?? dates.count
        let tooMany = shownFirst + range.firstHour * perHour - leadCount
        let unasked = (23 - range.lastHour) * perHour
        bounds.removeFirst(tooMany)
        labels.removeFirst(tooMany)
        dates.removeFirst(tooMany)
        bounds.removeLast(unasked)
        labels.removeLast(unasked)
        dates.removeLast(unasked)
        repeats = repeats.kept(in: tooMany..<tooMany + labels.count, bounds)
    }

    /// Adds the buckets of a day, one for each label: what the clock shows twice is one bucket with both, what it skips is
    /// an empty one.
    private mutating func add(_ date: CalendarDate, _ zone: ProjectTimeZone, _ seconds: Int, isShown: Bool) {
        let (start, end) = (zone.start(of: date).seconds, zone.start(of: date.adding(days: 1)).seconds)
        // No pieces of hours lead in from a day that is skipped; hours do, so that they can be counted off.
        if start == end, seconds < 3600, !isShown { return }
        let first = bounds.count
        // Clocks change at, and by, whole quarters of an hour.
        let step = Int64(min(seconds, 900))
        for time in stride(from: start, to: end, by: Int64.Stride(step)) {
            let bucket = first + zone.secondOfDay(at: time) / seconds
            while bounds.count <= bucket { bounds.append(time) }
            if bucket < bounds.count - 1 { repeats.add(time..<time + step, to: bucket) }
        }
        let count = 86_400 / seconds
        while bounds.count < first + count { bounds.append(end) }
        for bucket in 0..<count {
            let minute = bucket * seconds / 60
            labels.append("\(date.iso)T\(Self.padded(minute / 60)):\(Self.padded(minute % 60)):00")
            dates.append(date)
        }
    }

    private static func padded(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}

extension [RepeatedBucket] {
    fileprivate mutating func add(_ times: Range<Int64>, to bucket: Int) {
        if let last, last.bucket == bucket, last.times.upperBound == times.lowerBound {
            self[count - 1].times = last.times.lowerBound..<times.upperBound
        } else {
            append(RepeatedBucket(bucket: bucket, times: times))
        }
    }

    /// Those of some buckets, which are counted anew.
    ///
    /// - Parameter bounds: of these buckets; times outside are left out.
    func kept(in buckets: Range<Int>, _ bounds: [Int64]) -> [RepeatedBucket] {
        compactMap { old in
            let times = old.times.clamped(to: bounds[0]..<bounds[bounds.count - 1])
            if !buckets.contains(old.bucket) || times.isEmpty { return nil }
            return RepeatedBucket(bucket: old.bucket - buckets.lowerBound, times: times)
        }
    }
}

extension Interval {
    /// Of those that are pieces of a day.
    fileprivate var clockSeconds: Int {
        switch self {
        case .minute: 60
        case .fiveMinutes: 300
        default: 3600
        }
    }
}
