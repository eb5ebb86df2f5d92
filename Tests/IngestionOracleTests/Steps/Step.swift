import Foundation

/// What can happen to a project.
enum Step: Hashable, Sendable {
    /// Milliseconds pass.
    case wait(Int64)
    /// The server ends and starts again: all that it remembers comes from its files.
    case restart
    case send(Sent)
}

/// A request.
struct Sent: Hashable, Sendable {
    enum Path: String, CaseIterable, Sendable {
        case httpAPI = "/2/httpapi"
        case batch = "/batch"
        case identify = "/identify"
        case groupIdentify = "/groupidentify"
        case userMap = "/usermap"

        var takesJSON: Bool { self == .httpAPI || self == .batch }
        /// The form's field that holds the JSON.
        var field: String { self == .userMap ? "mapping" : "identification" }
    }

    var path: Path
    /// Events, identifications or mappings.
    var items: [Plain]
    /// Whether the items of a form are sent as a list; one alone may come without.
    var isList = true
    var minimumIDLength: Int?
    /// How far the sender's clock is behind, in milliseconds; `nil` if it does not say when it sends.
    var clockLag: Int64?
    var writesUploadTimeAsText = false
    var spelling = Plain.Spelling()
    /// Whether a byte-order mark stands in front, as some systems write it.
    var hasMark = false

    /// The JSON of a body, or of a form's field.
    func json(apiKey: String, now: Int64) -> String {
        let mark = hasMark ? "\u{FEFF}" : ""
        let list = "[" + items.map { $0.json(spelling) }.joined(separator: ",") + "]"
        guard path.takesJSON else { return mark + (isList || items.count != 1 ? list : items[0].json(spelling)) }
        var parts = ["\"api_key\":\"\(apiKey)\"", "\"events\":\(list)"]
        if let minimumIDLength { parts.append("\"options\":{\"min_id_length\":\(minimumIDLength)}") }
        if let clockLag {
            let time = now - clockLag
            let text = "\"\(Self.iso8601(time))\""
            parts.append("\"client_upload_time\":\(writesUploadTimeAsText ? text : "\(time)")")
        }
        return mark + "{" + parts.joined(separator: ",") + "}"
    }

    static func iso8601(_ milliseconds: Int64) -> String {
        let seconds = Date(timeIntervalSince1970: Double(milliseconds / 1000)).ISO8601Format().dropLast()
        let rest = String(milliseconds % 1000)
        return "\(seconds).\(String(repeating: "0", count: 3 - rest.count))\(rest)Z"
    }
}

extension Step {
    /// One line, as it would be typed.
    var text: String {
        switch self {
        case .wait(let milliseconds): "wait \(milliseconds) ms"
        case .restart: "restart"
        case .send(let sent):
            "\(sent.path.rawValue) \(sent.json(apiKey: "KEY", now: 0))"
                + (sent.clockLag.map { " (upload time: \($0) ms ago)" } ?? "")
        }
    }
}
