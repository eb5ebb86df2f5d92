public import EventModel

/// When a question is about: always the same, or moving with the present.
public enum QuestionRange: Hashable, Sendable {
    case fixed(ChartRange)
    case relative(RelativeRange)

    /// Whether what it is depends on when the project's first event was.
    public var looksAtFirstEvent: Bool { self == .relative(.named(.allTime)) }

    /// - Parameter earliest: the time of the project's first event; `nil` if it has none.
    /// - Returns: `nil` if it begins before ``CalendarDate/chartable`` days do.
    public func range(at now: Timestamp, in zone: ProjectTimeZone, earliest: Timestamp?) -> ChartRange? {
        switch self {
        case .fixed(let range): range
        case .relative(let relative): relative.range(at: now, in: zone, earliest: earliest)
        }
    }

    /// Reads `30d`, `last_month`, `2026-11-01,2026-11-30` and their like, in any case. `nil` for anything else.
    public init?(_ text: String) {
        let text = text.lowercased()
        let ends = text.split(separator: ",", omittingEmptySubsequences: false)
        if ends.count == 2 {
            guard let first = CalendarDate(iso: ends[0]), let last = CalendarDate(iso: ends[1]),
                let days = DateRange(first: first, last: last)
            else { return nil }
            self = .fixed(.days(days))
        } else if let relative = RelativeRange(text) {
            self = .relative(relative)
        } else {
            return nil
        }
    }
}

extension RelativeRange {
    /// Reads `30d` or `last_month`. `nil` for anything else.
    init?(_ text: String) {
        if let name = Name(rawValue: text) {
            self = .named(name)
        } else {
            guard let last = text.last, let unit = Unit(rawValue: String(last)),
                let count = text.dropLast().digits(most: 5), (1...Self.most).contains(count)
            else { return nil }
            self = .last(count, unit)
        }
    }
}

extension CalendarDate {
    /// Reads `2026-11-30`, if it is a day that charts can show.
    init?(iso text: Substring) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], let year = parts[0].digits(most: 4),
            let month = parts[1].digits(most: 2), let day = parts[2].digits(most: 2),
            let date = CalendarDate(year: year, month: month, day: day), Self.chartable.contains(date)
        else { return nil }
        self = date
    }
}

extension Substring {
    /// The number that the text is, if it is nothing but digits.
    func digits(most: Int) -> Int? {
        guard (1...most).contains(utf8.count), utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(self)
    }
}
