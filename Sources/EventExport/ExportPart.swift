import Compression
import EventModel
public import Storage

/// Some events as lines of JSON.
public final class ExportPart {
    enum Order {
        /// By person, then by time. Source: Documentation/data.md D2.
        case person
        case arrival
    }

    private struct Line {
        var person: Int64
        var time: Int64
        var number: Int
        var bytes: Range<Int>
    }

    private let project: Int64
    private let mostEvents: Int
    private var lines: [Line] = []
    private var json = JSONWriter(capacity: 1 << 20)
    private var size = 0

    /// A part takes no more when it has so many bytes.
    private static let mostBytes = 16 << 20

    /// - Parameters:
    ///   - project: number of the project, Amplitude's `app`.
    ///   - mostEvents: with so many it is full.
    public init(project: Int64, mostEvents: Int = .max) {
        self.project = project
        self.mostEvents = mostEvents
    }

    var isEmpty: Bool { lines.isEmpty }
    var count: Int { lines.count }
    var isFull: Bool { lines.count >= mostEvents || size >= Self.mostBytes }
    /// Bytes of its lines.
    var byteCount: Int { size }

    public func add(_ event: ResolvedEvent) {
        ExportRow(event, project: project).write(to: &json, as: .export)
        json.byte(UInt8(ascii: "\n"))
        let end = json.withBytes { $0.count }
        lines.append(
            Line(
                person: event.amplitudeID?.number ?? 0,
                time: event.event.time.milliseconds,
                number: event.number,
                bytes: size..<end
            )
        )
        size = end
    }

    /// All lines by person, as a gzip file.
    public func file() -> [UInt8] { Gzip.compress(bytes(in: .person)) }

    /// All lines.
    func bytes(in order: Order) -> [UInt8] {
        switch order {
        case .person: lines.sort { ($0.person, $0.time, $0.number) < ($1.person, $1.time, $1.number) }
        case .arrival: lines.sort { $0.number < $1.number }
        }
        var sorted: [UInt8] = []
        sorted.reserveCapacity(size)
        json.withBytes { bytes in
            for line in lines {
                // Safe: the array only reads the bytes, within this call.
                unsafe bytes.extracting(line.bytes).withUnsafeBufferPointer { unsafe sorted.append(contentsOf: $0) }
            }
        }
        return sorted
    }
}
