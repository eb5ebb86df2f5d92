import EventModel
import Storage

/// The fingerprints of the last 7 days, by day of receipt.
struct DedupeWindow {
    private static let dayMs: Int64 = 86_400_000

    /// Day since the epoch, and when on it each fingerprint was last accepted.
    private var days: [Int64: [Fingerprint: Timestamp]] = [:]

    /// Takes in what was accepted at `time`.
    mutating func insert(_ fingerprint: Fingerprint, at time: Timestamp) {
        days[Self.day(time), default: [:]][fingerprint] = time
    }

    /// Whether the fingerprint was accepted within the 7 days before `now`.
    func contains(_ fingerprint: Fingerprint, at now: Timestamp) -> Bool {
        days.values.contains { day in
            guard let seen = day[fingerprint] else { return false }
            return now.milliseconds - seen.milliseconds <= Fingerprint.windowMs
        }
    }

    /// Forgets days that lie wholly before the window.
    mutating func forget(before now: Timestamp) {
        let oldest = Self.day(Timestamp(milliseconds: now.milliseconds - Fingerprint.windowMs))
        days = days.filter { $0.key >= oldest }
    }

    private static func day(_ time: Timestamp) -> Int64 { time.milliseconds / dayMs }
}
