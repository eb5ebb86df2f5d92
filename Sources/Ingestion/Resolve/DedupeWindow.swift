import EventModel
import Foundation
import Storage

/// The fingerprints of the last 7 days: the latest in memory, the others in files, with a filter in front of each.
///
/// Its memory is bounded whatever comes in. A fingerprint that was accepted within the window is always found, and one
/// that was not never is, as all of its 128 bits are compared.
struct DedupeWindow {
    struct Limits {
        /// How many fingerprints are in the table in memory before they go to a file.
        var table = 393_216
        /// How many small files become one large one.
        var merged = 8
        /// Bytes of all filters; beyond it, the oldest files have none, and are read for each fingerprint.
        var filters = 64 << 20
    }

    private struct Sealed {
        var run: FingerprintRun
        var isMerged: Bool
        var hasFilter = true
    }

    private let folder: URL
    private let limits: Limits
    /// Values: milliseconds since `start`.
    private var table = FingerprintTable<UInt32>(filler: 0)
    private var start = Timestamp(milliseconds: 0)
    /// Oldest first.
    private var sealed: [Sealed] = []

    private static let dayMs: Int64 = 86_400_000

    /// - Parameter folder: where files may be put.
    init(folder: URL, limits: Limits = Limits()) {
        self.folder = folder
        self.limits = limits
    }

    /// How many fingerprints are held in memory, and how many files there are.
    var extent: (table: Int, files: Int) { (table.count, sealed.count) }

    /// Takes in what was accepted at `time`.
    mutating func insert(_ fingerprint: Fingerprint, at time: Timestamp) throws(ProjectRecordError) {
        if table.count == 0 { start = time }
        let isTooLate = time.milliseconds - start.milliseconds > Self.dayMs || time < start
        if isTooLate || table.count >= limits.table {
            try seal()
            start = time
        }
        table.set(fingerprint, UInt32(time.milliseconds - start.milliseconds))
    }

    /// Whether the fingerprint was accepted within the 7 days before `now`.
    func contains(_ fingerprint: Fingerprint, at now: Timestamp) throws(ProjectRecordError) -> Bool {
        if let offset = table[fingerprint] {
            if Self.isInWindow(start.milliseconds + Int64(offset), at: now) { return true }
        }
        for sealed in sealed where !sealed.hasFilter || sealed.run.filter.mayContain(fingerprint) {
            let time = try Self.attempt { try sealed.run.time(of: fingerprint) }
            if let time, Self.isInWindow(time.milliseconds, at: now) { return true }
        }
        return false
    }

    /// Asks for the memory that a look at the fingerprint will need.
    func touch(_ fingerprint: Fingerprint) -> UInt64 { table.touch(fingerprint) }

    /// Forgets what lies wholly before the window.
    mutating func forget(before now: Timestamp) {
        sealed.removeAll { !Self.isInWindow($0.run.times.upperBound, at: now) }
    }

    private static func isInWindow(_ time: Int64, at now: Timestamp) -> Bool {
        now.milliseconds - time <= Fingerprint.windowMs
    }

    // MARK: Files

    private mutating func seal() throws(ProjectRecordError) {
        if table.count == 0 { return }
        let start = start.milliseconds
        var entries: [AcceptedFingerprint] = []
        entries.reserveCapacity(table.count)
        table.visit { fingerprint, offset in
            let time = Timestamp(milliseconds: start + Int64(offset))
            var place = entries.count
            entries.append(AcceptedFingerprint(fingerprint: fingerprint, time: time))
            // Nearly in order, so that hardly any is moved, and not far.
            while place > 0, fingerprint < entries[place - 1].fingerprint {
                entries.swapAt(place, place - 1)
                place -= 1
            }
        }
        var rest = entries[...]
        try add(count: entries.count, isMerged: false) { rest.popFirst() }
        table.removeAll(keepingCapacity: true)
        if sealed.count(where: { !$0.isMerged }) >= limits.merged { try merge() }
    }

    /// Makes one file of the small ones, so that there are few places to look.
    private mutating func merge() throws(ProjectRecordError) {
        let small = sealed.filter { !$0.isMerged }.map(\.run)
        var merge = FingerprintMerge(small)
        try add(count: small.reduce(0) { $0 + $1.count }, isMerged: true) { try merge.next() }
        sealed.removeAll { part in !part.isMerged && small.contains { $0 === part.run } }
    }

    private mutating func add(
        count: Int,
        isMerged: Bool,
        _ next: () throws -> AcceptedFingerprint?
    ) throws(ProjectRecordError) {
        let folder = folder
        let run = try Self.attempt { try FingerprintRun(count: count, folder: folder, next) }
        sealed.append(Sealed(run: run, isMerged: isMerged))
        sealed.sort { $0.run.times.upperBound < $1.run.times.upperBound }
        var size = 0
        for index in sealed.indices.reversed() {
            size += sealed[index].run.filter.size
            sealed[index].hasFilter = size <= limits.filters
        }
    }

    private static func attempt<Value>(_ body: () throws -> Value) throws(ProjectRecordError) -> Value {
        do { return try body() } catch { throw ProjectRecordError(.unavailable, "seen insert ids: \(error)") }
    }
}
