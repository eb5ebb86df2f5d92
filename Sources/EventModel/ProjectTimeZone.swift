private import Foundation

/// The zone in which a project's days begin. Its rules (DST, half and quarter hours) come from the system's database.
public struct ProjectTimeZone: Hashable, Sendable {
    public static let utc = ProjectTimeZone(zone: TimeZone(secondsFromGMT: 0)!, name: "UTC")

    /// The name under which the zone was given, such as `Europe/Berlin`.
    public let name: String
    private let zone: TimeZone

    /// `nil` if the system knows no zone of that IANA name.
    public init?(name: String) {
        if name == "UTC" {
            self = .utc
            return
        }
        // Offsets such as GMT+2 are no places: their days never change with the clocks, which nobody means.
        guard name.contains("/"), let zone = TimeZone(identifier: name) else { return nil }
        self.init(zone: zone, name: name)
    }

    private init(zone: TimeZone, name: String) {
        self.zone = zone
        self.name = name
    }

    /// The first moment of `date` here: midnight, or the first moment after the gap where a clock change skips midnight, or
    /// the whole date.
    public func start(of date: CalendarDate) -> Timestamp {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        // Noon UTC, moved by the zone's offset, always falls on the wanted local day; from there back to its start.
        let noonUTC = Date(timeIntervalSince1970: Double(date.daysSinceEpoch) * 86_400 + 43_200)
        let noon = noonUTC.addingTimeInterval(-Double(zone.secondsFromGMT(for: noonUTC)))
        let start = Timestamp(milliseconds: Int64(calendar.startOfDay(for: noon).timeIntervalSince1970 * 1000))
        return self.date(of: start) < date ? self.start(of: date.adding(days: 1)) : start
    }

    /// The day on which `time` falls here.
    public func date(of time: Timestamp) -> CalendarDate {
        let seconds = Int((Double(time.milliseconds) / 1000).rounded(.down))
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        let local = seconds + offset
        return CalendarDate(daysSinceEpoch: local >= 0 ? local / 86_400 : (local - 86_399) / 86_400)
    }

    /// What the clock shows here, in seconds since midnight, at a time in seconds since 1970.
    public func secondOfDay(at seconds: Int64) -> Int {
        let local = Int(seconds) + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        return (local % 86_400 + 86_400) % 86_400
    }
}
