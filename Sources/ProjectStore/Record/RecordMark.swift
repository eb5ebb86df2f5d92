import EventModel
import Foundation
import SystemPackage

/// What a project's folder says about its record, in a small file beside it: so that a record that is gone, an older copy,
/// or without its write-ahead log, is not taken for the whole truth.
///
/// It is written after each commit, and never says more than the record had on disk; after a crash of the machine it may
/// say less, or be missing.
struct RecordMark: Equatable {
    var record: RecordID
    /// The last batch that was committed when this was written.
    var sequence: JournalSequence

    static func file(_ folder: URL) -> URL { folder.appendingPathComponent("project.mark") }

    init(_ record: RecordID, _ sequence: JournalSequence) {
        self.record = record
        self.sequence = sequence
    }

    /// `nil` if there is none, or none that can be read.
    init?(in folder: URL) {
        guard let text = try? String(contentsOf: Self.file(folder), encoding: .utf8) else { return nil }
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 4, words[0] == "record", words[2] == "batch", let number = Int64(words[3]) else {
            return nil
        }
        self.init(RecordID(String(words[1])), JournalSequence(number))
    }

    /// Without waiting for the disk. Without a mark less is noticed, but nothing is lost; so a failure is none.
    func write(in folder: URL) {
        let digits = "\(sequence.number)"
        // Always of the same length, so that it is there in full over the one before.
        let padding = String(repeating: "0", count: max(0, 19 - digits.count))
        let text = "record \(record.text) batch \(padding)\(digits)\n"
        guard
            let file = try? FileDescriptor.open(
                FilePath(Self.file(folder).path),
                .writeOnly,
                options: [.create, .closeOnExec],
                permissions: .ownerReadWrite
            )
        else { return }
        _ = try? file.closeAfter { try file.writeAll(toAbsoluteOffset: 0, text.utf8) }
    }
}
