extension Timestamp {
    /// Reads `2024-01-31T23:59:59.123Z`, also with an offset such as `+02:00`, with a space for the `T`, with fewer or
    /// more digits of a second, or with none. Without an offset it is UTC. `nil` if the text is not such a moment.
    public init?(iso8601 text: String) {
        var reader = DigitReader(text)
        guard let year = reader.number(digits: 4), reader.take("-"), let month = reader.number(digits: 2),
            reader.take("-"), let day = reader.number(digits: 2),
            let date = CalendarDate(year: year, month: month, day: day),
            reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.number(digits: 2), hour < 24, reader.take(":"),
            let minute = reader.number(digits: 2), minute < 60, reader.take(":"),
            let second = reader.number(digits: 2), second < 61
        else { return nil }
        let fraction = reader.take(".") ? reader.thousandths() : 0
        guard let fraction, let offset = reader.offsetMinutes() else { return nil }
        let minutes = (date.daysSinceEpoch * 24 + hour) * 60 + minute - offset
        self.init(milliseconds: Int64(minutes * 60 + second) * 1000 + Int64(fraction))
    }
}

extension Timestamp {
    /// `2024-01-31T23:59:59.123Z`; without thousandths where there are none.
    public var iso8601: String {
        let (seconds, thousandths) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let wholeSeconds = Int(thousandths < 0 ? seconds - 1 : seconds)
        let rest = Int(thousandths < 0 ? thousandths + 1000 : thousandths)
        let day = wholeSeconds >= 0 ? wholeSeconds / 86_400 : (wholeSeconds - 86_399) / 86_400
        let second = wholeSeconds - day * 86_400
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
        let fraction = rest == 0 ? "" : "." + String(String(rest + 1000).dropFirst())
        return "\(CalendarDate(daysSinceEpoch: day).iso)T\(clock)\(fraction)Z"
    }
}

/// Takes digits and marks off the front of a text.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = nextDigit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// One or more digits of a fraction, cut off after the third.
    mutating func thousandths() -> Int? {
        var value = 0
        var count = 0
        while let digit = nextDigit() {
            if count < 3 { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        while count < 3 {
            value *= 10
            count += 1
        }
        return value
    }

    /// The rest: nothing, `Z`, or an offset of hours and minutes.
    mutating func offsetMinutes() -> Int? {
        if rest.isEmpty { return 0 }
        if take("Z") || take("z") { return rest.isEmpty ? 0 : nil }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = number(digits: 2), hours < 24 else { return nil }
        _ = take(":")
        guard let minutes = number(digits: 2), minutes < 60, rest.isEmpty else { return nil }
        return sign * (hours * 60 + minutes)
    }

    private mutating func nextDigit() -> Int? {
        guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        rest.removeFirst()
        return Int(byte - UInt8(ascii: "0"))
    }
}
