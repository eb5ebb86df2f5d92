import EventModel
import Foundation
import Logging

/// Writes each message of the log as one JSON object on one line, for whoever gathers logs: `time`, `level`, `message`, and
/// what belongs to it under its own names.
struct JSONLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    private let label: String
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> Timestamp

    /// - Parameter write: takes one line, with its end.
    init(label: String, now: @escaping @Sendable () -> Timestamp, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        self.now = now
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var members = metadata.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error { members["error"] = "\(error)" }
        var json = JSONWriter()
        json.raw("{\"time\":")
        json.string(now().iso8601)
        json.raw(",\"level\":")
        json.string(event.level.rawValue)
        json.raw(",\"logger\":")
        json.string(label)
        json.raw(",\"message\":")
        json.string("\(event.message)")
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            json.raw(",")
            json.string(Self.reserved.contains(name) ? "_\(name)" : name)
            json.raw(":")
            json.value(value)
        }
        json.raw("}\n")
        write(json.text)
    }

    private static let reserved: Set = ["time", "level", "logger", "message"]
}

extension JSONWriter {
    fileprivate mutating func value(_ value: Logger.Metadata.Value) {
        switch value {
        case .string(let text): string(text)
        case .stringConvertible(let value): string(value.description)
        case .array(let values): list(values) { $0.value($1) }
        case .dictionary(let members):
            raw("{")
            for (place, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if place > 0 { raw(",") }
                string(member.key)
                raw(":")
                self.value(member.value)
            }
            raw("}")
        }
    }
}
