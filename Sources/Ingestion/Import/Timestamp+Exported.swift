import EventModel
import JSONTape

extension Timestamp {
    /// A moment as exports have it: `2024-01-31 23:59:59.123000`, in UTC, or the same with a `T` and a `Z`. What is finer
    /// than milliseconds is cut.
    init?(exported text: JSONText) {
        let moment = text.withBytes { bytes -> Int64? in
            guard bytes.count >= 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
                bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "T"),
                bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":")
            else { return nil }
            func number(_ start: Int, _ count: Int) -> Int? {
                var value = 0
                for place in start..<start + count {
                    let digit = Int(bytes[place]) - 48
                    guard (0...9).contains(digit) else { return nil }
                    value = value * 10 + digit
                }
                return value
            }
            guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
                let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
                let date = CalendarDate(year: year, month: month, day: day), hour < 24, minute < 60, second < 60
            else { return nil }
            var milliseconds = 0
            var place = 19
            if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
                var unit = 100
                place += 1
                while place < bytes.count, let digit = number(place, 1) {
                    milliseconds += digit * unit
                    unit /= 10
                    place += 1
                }
            }
            if place < bytes.count, bytes[place] == UInt8(ascii: "Z") { place += 1 }
            guard place == bytes.count else { return nil }
            let seconds = (hour * 60 + minute) * 60 + second
            return (Int64(date.daysSinceEpoch) * 86_400 + Int64(seconds)) * 1_000 + Int64(milliseconds)
        }
        guard let moment else { return nil }
        self.init(milliseconds: moment)
    }
}
