import EventModel

/// What was refused since the log last said so. Bounded, whatever comes in: what is beyond is counted together.
struct RefusalTally {
    /// What the log is to say, once for all requests that it is about.
    struct Line: Equatable {
        var message: String
        /// In the order in which they are written.
        var details: [(name: String, value: String)]

        static func == (lhs: Line, rhs: Line) -> Bool {
            lhs.message == rhs.message && lhs.details.map(\.name) == rhs.details.map(\.name)
                && lhs.details.map(\.value) == rhs.details.map(\.value)
        }
    }

    private struct Reason: Hashable {
        var project: String
        var reason: String
    }

    private struct Count {
        var requests = 0
        var events = 0
    }

    private struct OldKey: Hashable {
        var project: String
        var kind: String
    }

    private var refusals: [Reason: Count] = [:]
    private var unknownKeys: [String: Int] = [:]
    private var oldKeys: [OldKey: Int] = [:]

    private static let mostReasons = 200
    private static let mostKeys = 20
    /// Enough to find out whose key it is, and too little to be used.
    private static let shownOfKey = 6

    var isEmpty: Bool { refusals.isEmpty && unknownKeys.isEmpty && oldKeys.isEmpty }

    mutating func refused(_ events: Int, of project: String, because reason: String) {
        var key = Reason(project: project, reason: reason)
        if refusals[key] == nil, refusals.count >= Self.mostReasons { key.reason = "other reasons" }
        refusals[key, default: Count()].requests += 1
        refusals[key, default: Count()].events += events
    }

    mutating func unknown(key: String) {
        var start = String(key.prefix(Self.shownOfKey)).shown() + "…"
        if unknownKeys[start] == nil, unknownKeys.count >= Self.mostKeys { start = "others" }
        unknownKeys[start, default: 0] += 1
    }

    mutating func old(key kind: String, of project: String) {
        oldKeys[OldKey(project: project, kind: kind), default: 0] += 1
    }

    /// Begins anew.
    mutating func take() -> [Line] {
        var lines = refusals.sorted { ($0.key.project, $0.key.reason) < ($1.key.project, $1.key.reason) }.map {
            key,
            count in
            Line(
                message: "events were refused",
                details: [
                    ("project", key.project.shown()), ("reason", key.reason.shown()), ("requests", "\(count.requests)"),
                    ("events", "\(count.events)"),
                ]
            )
        }
        if !unknownKeys.isEmpty {
            let keys = unknownKeys.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            lines.append(
                Line(
                    message: "requests came with an unknown API key",
                    details: [
                        ("keys", keys.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")),
                        ("requests", "\(keys.reduce(0) { $0 + $1.value })"),
                    ]
                )
            )
        }
        for (key, count) in oldKeys.sorted(by: { ($0.key.project, $0.key.kind) < ($1.key.project, $1.key.kind) }) {
            lines.append(
                Line(
                    message: "requests still come with a key that was replaced",
                    details: [("project", key.project.shown()), ("key", key.kind), ("requests", "\(count)")]
                )
            )
        }
        self = RefusalTally()
        return lines
    }
}
