import EventModel
import Foundation
import Storage
import SystemPackage

/// A fingerprint, and when it was accepted.
struct AcceptedFingerprint: BitwiseCopyable, Sendable {
    var fingerprint: Fingerprint
    var time: Timestamp
}

/// Fingerprints in order, in a file that goes with the process, with what it takes to find one by one read.
///
/// The project's record has them all too: nothing hangs on the file.
final class FingerprintRun: Sendable {
    private static let entriesPerPage = 170
    /// How many are written, or read by a cursor, at a time.
    fileprivate static let entriesPerPart = 4_096
    private static let entrySize = MemoryLayout<AcceptedFingerprint>.stride

    let count: Int
    /// When the first and the last of them was accepted.
    let times: ClosedRange<Int64>
    private let file: FileDescriptor
    /// The first fingerprint of each page.
    private let fences: [UInt64]
    let filter: FingerprintFilter

    /// Writes a run into a new file in `folder`.
    ///
    /// - Parameters:
    ///   - count: how many there are, at least one.
    ///   - next: gives one after the other, in order of their fingerprints.
    init(count: Int, folder: URL, _ next: () throws -> AcceptedFingerprint?) throws {
        self.count = count
        let path = folder.appending(path: "seen-\(UUID().uuidString)").path
        let file = try FileDescriptor.open(
            FilePath(path),
            .readWrite,
            options: [.create, .exclusiveCreate],
            permissions: .ownerReadWrite
        )
        self.file = file
        do {
            // Nobody else is to find it, and it is gone when it is closed.
            try FileManager.default.removeItem(atPath: path)
            var filter = FingerprintFilter(count: count)
            var fences: [UInt64] = []
            var first = Int64.max
            var last = Int64.min
            var part: [AcceptedFingerprint] = []
            part.reserveCapacity(Self.entriesPerPart)
            for index in 0..<count {
                guard let entry = try next() else { throw CocoaError(.fileReadCorruptFile) }
                if index % Self.entriesPerPage == 0 { fences.append(entry.fingerprint.high) }
                filter.insert(entry.fingerprint)
                first = min(first, entry.time.milliseconds)
                last = max(last, entry.time.milliseconds)
                part.append(entry)
                if part.count == Self.entriesPerPart || index == count - 1 {
                    // Safe: the bytes are read within the call.
                    try unsafe part.withUnsafeBytes { _ = unsafe try file.writeAll($0) }
                    part.removeAll(keepingCapacity: true)
                }
            }
            self.filter = filter
            self.fences = fences
            times = first...last
        } catch {
            try? file.close()
            throw error
        }
    }

    deinit {
        try? file.close()
    }

    /// When the fingerprint was last accepted; `nil` if it is not in here.
    func time(of key: Fingerprint) throws -> Timestamp? {
        // The page whose first is the last one at or before the key; and the one before it, should some share a half.
        var low = 0
        var high = fences.count
        while low < high {
            let middle = (low + high) / 2
            if fences[middle] < key.high { low = middle + 1 } else { high = middle }
        }
        var page = max(0, low - 1)
        var time: Timestamp?
        while page < fences.count, fences[page] <= key.high {
            for entry in try read(page: page) where entry.fingerprint == key {
                time = max(time ?? entry.time, entry.time)
            }
            page += 1
        }
        return time
    }

    private func read(page: Int) throws -> [AcceptedFingerprint] {
        let start = page * Self.entriesPerPage
        return try read(start..<min(start + Self.entriesPerPage, count))
    }

    fileprivate func read(_ range: Range<Int>) throws -> [AcceptedFingerprint] {
        try unsafe Array(unsafeUninitializedCapacity: range.count) { entries, count in
            // Safe: entries are plain bytes, and there is room for this many; those that were read are counted.
            var rest = UnsafeMutableRawBufferPointer(entries)
            var offset = Int64(range.lowerBound * Self.entrySize)
            while rest.count > 0 {
                let size = try unsafe file.read(fromAbsoluteOffset: offset, into: rest)
                guard size > 0 else { throw CocoaError(.fileReadCorruptFile) }
                unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[size...])
                offset += Int64(size)
            }
            count = range.count
        }
    }
}

/// Several runs as one, in order, with little of each in memory.
struct FingerprintMerge {
    private struct Cursor {
        let run: FingerprintRun
        var read = 0
        var part: ArraySlice<AcceptedFingerprint> = []
    }

    private var cursors: [Cursor]

    init(_ runs: [FingerprintRun]) {
        cursors = runs.map { Cursor(run: $0) }
    }

    mutating func next() throws -> AcceptedFingerprint? {
        var least: Int?
        for index in cursors.indices {
            try fill(index)
            guard let entry = cursors[index].part.first else { continue }
            if let least, cursors[least].part.first!.fingerprint <= entry.fingerprint { continue }
            least = index
        }
        return least.flatMap { cursors[$0].part.popFirst() }
    }

    private mutating func fill(_ index: Int) throws {
        let cursor = cursors[index]
        guard cursor.part.isEmpty, cursor.read < cursor.run.count else { return }
        let end = min(cursor.read + FingerprintRun.entriesPerPart, cursor.run.count)
        cursors[index].part = try cursor.run.read(cursor.read..<end)[...]
        cursors[index].read = end
    }
}
