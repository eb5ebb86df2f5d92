import EventModel
import JSONTape
import Storage

/// Reads lines of JSON that are to be imported: each line by itself, so that a bad one costs no other.
public struct ImportDecoder {
    private let form: ImportForm
    private let file: String
    let firstLine: Int

    /// - Parameters:
    ///   - file: stands for what the file has in it; what has no id of its own is known by it and its line.
    ///   - firstLine: from 1 on.
    public init(_ form: ImportForm, file: String, firstLine: Int) {
        self.form = form
        self.file = file
        self.firstLine = firstLine
    }

    func turn(of line: Int) -> ImportTurns.Turn { ImportTurns.Turn(file: file, line: line) }

    /// - Parameters:
    ///   - bytes: lines with line feeds between them.
    ///   - left: lines that are not to be read.
    public func decode(_ bytes: Span<UInt8>, leavingOut left: Set<Int> = []) -> ImportedLines {
        let lines = Self.lines(of: bytes, first: firstLine).filter { !left.contains($0.number) }
        var reading = Reading(self, lines: lines.count, bytes: bytes.count)
        if !readTogether(lines, bytes, &reading) {
            for line in lines { readAlone(line, bytes, &reading) }
        }
        return reading.finished()
    }

    /// The lines in two parts, each with who reads it; `nil` if there is one line alone.
    func halves(
        of bytes: [UInt8]
    ) -> (first: (bytes: [UInt8], decoder: ImportDecoder), second: (bytes: [UInt8], decoder: ImportDecoder))? {
        let lines = Self.lines(of: bytes.span, first: firstLine)
        guard lines.count > 1 else { return nil }
        let middle = lines[lines.count / 2]
        let start = middle.range.lowerBound
        return (
            (Array(bytes[..<start]), self),
            (Array(bytes[start...]), ImportDecoder(form, file: file, firstLine: middle.number))
        )
    }

    private struct Line {
        var number: Int
        var range: Range<Int>
    }

    /// Those that are not blank.
    private static func lines(of bytes: Span<UInt8>, first: Int) -> [Line] {
        var lines: [Line] = []
        var (start, number) = (0, first)
        func add(_ end: Int) {
            if (start..<end).contains(where: { bytes[$0] > 0x20 }) {
                lines.append(Line(number: number, range: start..<end))
            }
            (start, number) = (end + 1, number + 1)
        }
        for place in bytes.indices where bytes[place] == UInt8(ascii: "\n") { add(place) }
        if start < bytes.count { add(bytes.count) }
        return lines
    }

    /// Reads all lines as one list: much less work than one after the other. Between them stands a text that nobody can
    /// know before, so that no two lines are taken for one value, nor one for two.
    ///
    /// - Returns: false, and nothing is read, if any of them is no JSON value.
    private func readTogether(_ lines: [Line], _ bytes: Span<UInt8>, _ reading: inout Reading) -> Bool {
        if lines.isEmpty { return true }
        let mark = String(UInt64.random(in: .min ... .max), radix: 36)
        var list: [UInt8] = [UInt8(ascii: "[")]
        list.reserveCapacity(bytes.count + (mark.utf8.count + 4) * lines.count)
        for line in lines {
            if list.count > 1 { list.append(contentsOf: ",\"\(mark)\",".utf8) }
            list.append(copying: bytes.extracting(line.range))
        }
        list.append(UInt8(ascii: "]"))
        let isRead = try? JSONDocument.withRoot(of: list.span) { root, traits in
            guard Self.isMarked(root, mark, lines.count) else { return false }
            for (value, index) in zip(root.elements, 0...) where index.isMultiple(of: 2) {
                let line = lines[index / 2]
                reading.add(value, traits, line: line.number, size: line.range.count)
            }
            return true
        }
        return isRead ?? false
    }

    /// Whether a list has so many values, with the mark between each two of them.
    private static func isMarked(_ list: JSONValue, _ mark: String, _ count: Int) -> Bool {
        var elements = 0
        for value in list.elements {
            if !elements.isMultiple(of: 2), value.string != mark { return false }
            elements += 1
        }
        return elements == 2 * count - 1
    }

    private func readAlone(_ line: Line, _ bytes: Span<UInt8>, _ reading: inout Reading) {
        do {
            try JSONDocument.withRoot(of: bytes.extracting(line.range)) { value, traits in
                reading.add(value, traits, line: line.number, size: line.range.count)
            }
        } catch {
            let words = (error as? JSONSyntaxError)?.message ?? "\(error)"
            reading.reject(
                line.number,
                "the line is not JSON: \(words.hasSuffix(".") ? String(words.dropLast()) : words)"
            )
        }
    }

    // MARK: What was read so far

    private struct Reading: ~Copyable {
        private let form: ImportForm
        private let file: String
        private var lines = ImportedLines()
        private var builder: RequestBuilder
        private var rows = ExportedRowReader()
        private var events = EventReader(
            .httpV2,
            minimumIDLength: 1,
            inspector: EventInspector(.httpV2, JSONTraits(), bytes: 0)
        )
        private var imported: [ImportedTraits] = []
        private var merges: [ImportedMerge] = []

        init(_ decoder: ImportDecoder, lines: Int, bytes: Int) {
            form = decoder.form
            file = decoder.file
            builder = RequestBuilder(events: lines, bytes: bytes)
        }

        mutating func reject(_ line: Int, _ reason: String) {
            lines.count += 1
            lines.rejections.append(ImportedLines.Rejection(line: line, reason: reason))
        }

        /// - Parameter size: bytes of the line.
        mutating func add(_ value: JSONValue, _ traits: JSONTraits, line: Int, size: Int) {
            guard value.kind == .object else { return reject(line, "the line is no JSON object, such as {\"a\":1}") }
            do throws(LineProblem) {
                switch form {
                case .rows: try addRow(value, traits, line)
                case .events: try addEvent(value, traits, line, size: size)
                case .merges: merges.append(try Self.merge(value))
                }
                lines.count += 1
            } catch {
                reject(line, error.sentence)
            }
        }

        private mutating func addRow(_ row: JSONValue, _ traits: JSONTraits, _ line: Int) throws(LineProblem) {
            let (event, mark) = try rows.read(
                row,
                isSuspicious: !traits.isEmpty,
                place: place(of: line),
                into: &builder
            )
            append(event, mark, line)
        }

        private mutating func addEvent(
            _ json: JSONValue,
            _ traits: JSONTraits,
            _ line: Int,
            size: Int
        ) throws(LineProblem) {
            var problems = EventProblems()
            events.inspector = EventInspector(.httpV2, traits, bytes: size)
            guard let event = events.event(json, 0, &builder, &problems) else {
                let fields = Set(problems.invalid.keys).union(problems.missing.keys).sorted()
                throw LineProblem("\(fields.joined(separator: ", ")) missing or not valid")
            }
            guard event.hasTime else {
                throw LineProblem("time must be milliseconds since 1970, such as \"time\":1767225600000")
            }
            let mark = ImportedTraits(
                fingerprint: event.hasInsertID ? event.insertID : place(of: line),
                amplitudeID: nil,
                time: event.row.clientTime,
                receivedAt: nil,
                isWhole: false
            )
            append(event, mark, line)
        }

        private mutating func append(_ event: IncomingEvent, _ mark: ImportedTraits, _ line: Int) {
            builder.append(event)
            imported.append(mark)
            lines.lines.append(line)
        }

        private static func merge(_ json: JSONValue) throws(LineProblem) -> ImportedMerge {
            func id(_ key: StaticString) throws(LineProblem) -> AmplitudeID {
                guard let number = json[key]?.integer, (1...ExportedRowReader.largestAmplitudeID).contains(number)
                else {
                    throw LineProblem("\(key) must be a whole number from 1 on, such as \"\(key)\":123")
                }
                return AmplitudeID(number)
            }
            let (from, into) = (try id("amplitude_id"), try id("merged_amplitude_id"))
            let text = json["merge_event_time"]?.text ?? json["merge_server_time"]?.text
            guard let time = text.flatMap({ Timestamp(exported: $0) }) else {
                throw LineProblem("merge_event_time must be a time, such as \"2026-01-31 23:59:59.123000\"")
            }
            return ImportedMerge(from: from, into: into, time: time)
        }

        /// Stands for a line of a file.
        private func place(of line: Int) -> Fingerprint {
            Fingerprint(hashing: Array("\(line) of \(file)".utf8).span)
        }

        consuming func finished() -> ImportedLines {
            var lines = lines
            var batch = builder.finished()
            batch.door = .imported
            batch.imported = imported
            batch.importedMerges = merges
            batch.rejectedLines = lines.rejections.count
            lines.batch = batch
            return lines
        }
    }
}
