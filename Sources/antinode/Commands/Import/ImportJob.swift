import EventModel
import Foundation
import ImportFiles

/// Reads files and sends their lines, a piece after the other.
struct ImportJob {
    private let api: ProjectAPI
    private let format: ImportFormat?
    private let mapping: [ColumnMapping]
    private let rejected: RejectedLines
    private var bar: ProgressBar
    /// Bytes of files that are done.
    private var done: UInt64 = 0
    private(set) var counts = Counts()

    struct Counts {
        var received = 0
        var stored = 0
        var duplicate = 0
        /// Of days that have left the project.
        var expired = 0
        /// Of types that the project drops.
        var dropped = 0
        var merges = 0
    }

    /// What the server answers to a piece.
    private struct Answer: Decodable {
        struct Rejection: Decodable {
            var line: Int
            var reason: String
        }

        var received: Int
        var stored: Int
        var duplicate: Int
        var expired: Int
        var dropped: Int
        var rejected: [Rejection]
    }

    /// - Parameter format: of all files; `nil` looks at each.
    init(
        _ entries: [ImportEntry],
        title: String,
        format: ImportFormat?,
        mapping: [ColumnMapping],
        rejected: RejectedLines,
        _ api: ProjectAPI
    ) {
        self.api = api
        self.format = format
        self.mapping = mapping
        self.rejected = rejected
        bar = ProgressBar(title: title, total: Int(clamping: entries.reduce(0) { $0 + $1.size }))
    }

    /// Merges come after the rows of the people whom they are about.
    mutating func run(_ entries: [ImportEntry]) async throws {
        var later: [ImportEntry] = []
        for entry in entries where try await run(entry, takesMerges: false) == .later { later.append(entry) }
        for entry in later { _ = try await run(entry, takesMerges: true) }
        bar.finish(counts.received)
    }

    private enum Progress { case done, later }

    /// Pieces at once: while some are committed together, the next are read there, and the one behind them here.
    private static let mostOnTheirWay = 4

    private mutating func run(_ entry: ImportEntry, takesMerges: Bool) async throws -> Progress {
        let lines: LineReader
        var piece: LinePiece?
        do {
            lines = try entry.lines()
            piece = try lines.next()
            // What has no line of text may still have some that are too long.
            while let blank = piece, blank.firstLineOfText == nil {
                try noteTooLong(blank, of: entry)
                piece = try lines.next()
            }
        } catch let error as ImportFileError {
            try rejected.add(entry.name, line: 1, reason: "the file \(error)")
            return .done
        }
        guard let first = piece?.firstLineOfText else { return .done }
        guard let format = format ?? ImportFormat(firstLine: first) else {
            try rejected.add(
                entry.name,
                line: piece?.firstLine ?? 1,
                reason: "the file is in no format that is known: --format says which one it is",
                text: first[...]
            )
            return .done
        }
        if format == .mergedIDs, !takesMerges { return .later }
        let converter: LineConverter
        do {
            converter = try LineConverter(format, mapping)
        } catch let error as ImportFileError {
            throw Complaint(sentence: "\(error)")
        }
        let path = "/api/v1/import?form=\(format.form)&file=\(try entry.fingerprint())"
        var sending: [Task<Sent, any Error>] = []
        var last: Int?
        while true {
            if let next = piece {
                // What comes next is read while others are on their way.
                let converted = converter.convert(next)
                if sending.count == Self.mostOnTheirWay {
                    try await note(sending.removeFirst().value, of: entry, format)
                }
                let (api, place) = (api, "&line=\(next.firstLine)" + (last.map { "&after=\($0)" } ?? ""))
                sending.append(Task { try await Self.send(next, converted, path + place, api) })
                last = next.firstLine
                bar.show(Int(clamping: done + lines.packedCount), counted: counts.received)
            }
            do {
                piece = try lines.next()
                if piece == nil { break }
            } catch let error as ImportFileError {
                try rejected.add(entry.name, line: lines.line, reason: "the file \(error)")
                break
            }
        }
        for sent in sending { try await note(sent.value, of: entry, format) }
        if converter.isInside {
            try rejected.add(entry.name, line: lines.line, reason: "the file ends within quotation marks")
        }
        done += entry.size
        return .done
    }

    // MARK: A piece

    private struct Sent: Sendable {
        var piece: LinePiece
        var converted: ConvertedLines
        var answer: Data
    }

    private static func send(
        _ piece: LinePiece,
        _ converted: ConvertedLines,
        _ path: String,
        _ api: ProjectAPI
    ) async throws -> Sent {
        let answer = try await api.post(
            path,
            converted.bytes,
            contentType: "application/x-ndjson"
        )
        return Sent(piece: piece, converted: converted, answer: Data(answer))
    }

    private mutating func note(_ sent: Sent, of entry: ImportEntry, _ format: ImportFormat) throws {
        let answer = try JSONDecoder().decode(Answer.self, from: sent.answer)
        let rejections =
            answer.rejected.map { ($0.line, $0.reason) } + sent.converted.rejections.map { ($0.line, $0.reason) }
        counts.received += answer.received + sent.converted.rejections.count
        counts.stored += answer.stored
        counts.duplicate += answer.duplicate
        counts.expired += answer.expired
        counts.dropped += answer.dropped
        if format == .mergedIDs { counts.merges += answer.received - answer.rejected.count }
        try noteTooLong(sent.piece, of: entry)
        if rejections.isEmpty { return }
        let texts = sent.piece.lines
        for (line, reason) in rejections.sorted(by: { $0.0 < $1.0 }) {
            let place = line - sent.piece.firstLine
            try rejected.add(
                entry.name,
                line: line,
                reason: reason,
                text: texts.indices.contains(place) ? texts[place] : nil
            )
        }
    }

    private mutating func noteTooLong(_ piece: LinePiece, of entry: ImportEntry) throws {
        counts.received += piece.tooLong.count
        for line in piece.tooLong {
            try rejected.add(
                entry.name,
                line: line,
                reason: "the line has more than \(LineReader.longestLine >> 20) MB"
            )
        }
    }
}
