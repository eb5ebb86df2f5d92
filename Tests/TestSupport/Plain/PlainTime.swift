public import Foundation

/// A moment as a wall calendar shows it. Comes from Foundation's calendar alone, and shares nothing with the sources.
public struct PlainTime: Sendable {
    /// Seconds since 1970, rounded down.
    public var seconds: Int
    /// Of the local date, counted from 1970-01-01.
    public var day: Int
    public var hour: Int
    /// Of the local day, as the clock shows it: pieces of five minutes, and minutes.
    public var piece: Int
    public var minute: Int
    /// Of the Monday of the local week, likewise counted.
    public var monday: Int
    /// Months since the year 0.
    public var month: Int

    public init(milliseconds: Int64, in zone: TimeZone) {
        seconds = Int((Double(milliseconds) / 1000).rounded(.down))
        let calendar = Self.calendar(zone)
        let date = Date(timeIntervalSince1970: Double(seconds))
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .weekday], from: date)
        day = Self.day(parts.year!, parts.month!, parts.day!)
        hour = parts.hour!
        minute = hour * 60 + parts.minute!
        piece = minute / 5
        monday = day - (parts.weekday! + 5) % 7
        month = parts.year! * 12 + parts.month! - 1
    }

    public static func calendar(_ zone: TimeZone) -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        return calendar
    }

    /// Days from 1970-01-01.
    public static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let date = calendar(.gmt).date(from: DateComponents(year: year, month: month, day: day))!
        return Int((date.timeIntervalSince1970 / 86_400).rounded())
    }

    /// `2024-01-31`
    public static func iso(day: Int) -> String {
        let parts = calendar(.gmt).dateComponents(
            [.year, .month, .day],
            from: Date(timeIntervalSince1970: Double(day) * 86_400)
        )
        return String(format: "%04d-%02d-%02d", parts.year!, parts.month!, parts.day!)
    }

    /// Seconds at which a local day begins.
    public static func start(ofDay day: Int, in zone: TimeZone) -> Int {
        // From the noon of that date, as midnight may be skipped.
        let utc = calendar(.gmt).dateComponents(
            [.year, .month, .day],
            from: Date(timeIntervalSince1970: Double(day) * 86_400)
        )
        let calendar = calendar(zone)
        let noon = calendar.date(from: DateComponents(year: utc.year, month: utc.month, day: utc.day, hour: 12))!
        return Int(calendar.startOfDay(for: noon).timeIntervalSince1970)
    }
}
