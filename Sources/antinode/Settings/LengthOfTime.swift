import ArgumentParser
import EventModel

/// A length of time as it is typed: `30d`.
struct LengthOfTime: Equatable {
    var milliseconds: Int64

    private static let units: [Character: Int64] = ["m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400]
    /// Ten years.
    private static let mostSeconds: Int64 = 3_653 * 86_400

    init(typed text: String) throws(ValidationError) {
        guard let unit = text.last.flatMap({ Self.units[$0] }), let count = Int64(text.dropLast()), count > 0,
            case let (seconds, isTooLong) = count.multipliedReportingOverflow(by: unit), !isTooLong,
            seconds <= Self.mostSeconds
        else {
            throw ValidationError(
                "A length of time is a number of minutes (m), hours (h), days (d) or weeks (w) up to ten years, such as"
                    + " 30d; \(text.shown()) is not."
            )
        }
        milliseconds = seconds * 1_000
    }
}
