import EventModel

extension JSONWriter {
    /// A comma, a key and a moment as exports have it: `"2024-01-31 23:59:59.123000"`, in UTC.
    ///
    /// Moments outside the years 1 to 9999, which senders may have made up, are shown as the edge that they lie beyond.
    mutating func member(_ name: StaticString, _ time: Timestamp) {
        let clamped = min(max(time.milliseconds, Self.firstExported), Self.lastExported)
        let day = clamped >= 0 ? clamped / 86_400_000 : (clamped - 86_399_999) / 86_400_000
        let ms = Int(clamped - day * 86_400_000)
        let date = CalendarDate(daysSinceEpoch: Int(day))
        key(name)
        byte(UInt8(ascii: "\""))
        twoDigits(date.year / 100)
        twoDigits(date.year % 100)
        byte(UInt8(ascii: "-"))
        twoDigits(date.month)
        byte(UInt8(ascii: "-"))
        twoDigits(date.day)
        byte(UInt8(ascii: " "))
        twoDigits(ms / 3_600_000)
        byte(UInt8(ascii: ":"))
        twoDigits(ms / 60_000 % 60)
        byte(UInt8(ascii: ":"))
        twoDigits(ms / 1_000 % 60)
        byte(UInt8(ascii: "."))
        twoDigits(ms % 1_000 / 10)
        byte(UInt8(ascii: "0") + UInt8(ms % 10))
        raw("000\"")
    }

    private mutating func twoDigits(_ number: Int) {
        byte(UInt8(ascii: "0") + UInt8(number / 10))
        byte(UInt8(ascii: "0") + UInt8(number % 10))
    }

    private static let firstExported = Int64(CalendarDate(year: 1, month: 1, day: 1)!.daysSinceEpoch) * 86_400_000
    private static let lastExported =
        Int64(CalendarDate(year: 9999, month: 12, day: 31)!.daysSinceEpoch + 1) * 86_400_000 - 1
}
