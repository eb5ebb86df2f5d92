import JSONTape

/// Lines as the server takes them.
public struct ConvertedLines: Sendable {
    /// A line of a file of which no event can be made.
    public struct Rejection: Sendable {
        public var line: Int
        /// A sentence without a stop.
        public var reason: String
    }

    /// As many lines as there were; an empty one where nothing is to be stored.
    public var bytes: [UInt8]
    public var rejections: [Rejection] = []
}

/// Makes lines that the server takes of a file's lines in some format, a piece after the other.
public final class LineConverter {
    private let format: ImportFormat
    private var csv: CSVEvents
    private var records: CSVRecords?
    /// Nothing more can be made of the file.
    private var isBroken = false

    /// - Throws: ``ImportFileError``, if there are no such fields as `mapping` says.
    public init(_ format: ImportFormat, _ mapping: [ColumnMapping]) throws {
        self.format = format
        do {
            csv = try CSVEvents(mapping)
        } catch {
            throw ImportFileError(error.sentence)
        }
    }

    public func convert(_ piece: LinePiece) -> ConvertedLines {
        switch format {
        case .amplitude, .mergedIDs, .events: ConvertedLines(bytes: piece.bytes)
        case .mixpanel: convert(piece, MixpanelEvents.line)
        case .posthog: convert(piece, PostHogEvents.line)
        case .segment: convert(piece, SegmentEvents.line)
        case .csv: convertCSV(piece)
        }
    }

    /// Whether the file has ended within a record.
    public var isInside: Bool { records?.isInside ?? false }

    private func convert(
        _ piece: LinePiece,
        _ make: (JSONValue) throws(FormatProblem) -> [UInt8]
    ) -> ConvertedLines {
        var converted = ConvertedLines(bytes: [])
        for (index, line) in piece.lines.enumerated() {
            defer { converted.bytes.append(UInt8(ascii: "\n")) }
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do {
                converted.bytes += try JSONDocument.withRoot(of: Array(line)) { json in try make(json) }
            } catch {
                let reason = (error as? FormatProblem)?.sentence ?? "the line is not JSON"
                converted.rejections.append(.init(line: piece.firstLine + index, reason: reason))
            }
        }
        return converted
    }

    private func convertCSV(_ piece: LinePiece) -> ConvertedLines {
        var converted = ConvertedLines(bytes: [])
        if isBroken { return converted }
        var bytes = piece.bytes
        var records =
            self.records
            ?? {
                if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
                return CSVRecords(delimiter: Self.delimiter(of: bytes))
            }()
        var line = piece.firstLine
        func reject(_ at: Int, _ problem: FormatProblem) {
            converted.rejections.append(.init(line: at, reason: problem.sentence))
        }
        do throws(FormatProblem) {
            for record in try records.read(bytes, line: piece.firstLine) {
                while line < record.line {
                    converted.bytes.append(UInt8(ascii: "\n"))
                    line += 1
                }
                guard csv.hasColumns else {
                    try csv.setColumns(record.cells)
                    continue
                }
                do throws(FormatProblem) {
                    converted.bytes += try csv.event(record.cells).line()
                } catch {
                    reject(record.line, error)
                }
            }
            converted.bytes.append(UInt8(ascii: "\n"))
        } catch {
            isBroken = true
            reject(line, error)
        }
        self.records = records
        return converted
    }

    /// The one of the usual ones that is most often in the first line.
    private static func delimiter(of bytes: [UInt8]) -> UInt8 {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        let usual = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        let counts = usual.map { mark in line.count { $0 == mark } }
        return usual[counts.firstIndex(of: counts.max() ?? 0) ?? 0]
    }
}

extension LinePiece {
    /// The first line with something in it.
    public var firstLineOfText: [UInt8]? {
        lines.first { $0.contains { $0 > 0x20 } }.map(Array.init)
    }

    /// Without their line feeds.
    public var lines: [ArraySlice<UInt8>] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
