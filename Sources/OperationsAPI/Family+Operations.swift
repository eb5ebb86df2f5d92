import EventModel
public import HTTPEdge
import Hummingbird

/// What a look at the server's own state found.
public struct Health: Sendable {
    /// `nil` if it is well, else what is wrong, as a sentence.
    public var problem: String?
    /// What is worse than it should be, while everything is taken: a sentence each.
    public var warnings: [String]
    /// Bytes that are free where the data is.
    public var freeBytes: Int64

    public init(problem: String?, warnings: [String] = [], freeBytes: Int64) {
        self.problem = problem
        self.warnings = warnings
        self.freeBytes = freeBytes
    }
}

extension Family {
    /// What whoever is on call asks: is it well, what has it done.
    ///
    /// - Parameters:
    ///   - version: the server's.
    ///   - health: writes and reads something for real.
    ///   - metrics: all figures in Prometheus' text format.
    public static func operations(
        version: String,
        health: @escaping @Sendable () async -> Health,
        metrics: @escaping @Sendable () async -> String
    ) -> Family {
        Family(
            "Operations",
            "For whoever is on call.",
            envelope: .operations,
            allowsAnyOrigin: false,
            endpoints: [.health(version, health), .alive, .ready(health), .metrics(metrics)]
        )
    }
}

extension Endpoint {
    fileprivate static func health(
        _ version: String,
        _ look: @escaping @Sendable () async -> Health
    ) -> Endpoint {
        Endpoint(.get, at: "/health", "Whether the server can take and answer; 503 if not.", access: .everybody) { _ in
            let found = await look()
            var json = JSONWriter()
            json.raw("{\"status\":")
            json.string(found.problem == nil ? "ok" : "failing")
            json.member("problem", found.problem)
            json.key("warnings")
            json.list(found.warnings) { $0.string($1) }
            json.key("free_bytes")
            json.integer(found.freeBytes)
            json.member("version", version)
            json.raw("}")
            return .json(json, status: found.problem == nil ? .ok : .serviceUnavailable)
        }
    }

    /// For whoever restarts what hangs: it looks at nothing, as a full disk is not mended by a restart.
    fileprivate static var alive: Endpoint {
        Endpoint(
            .get,
            at: "/healthz",
            "200 while the server runs.",
            access: .everybody,
            contentTypes: ["text/plain"]
        ) { _ in .text("ok\n") }
    }

    /// For whoever sends requests only to servers that can take them.
    fileprivate static func ready(_ look: @escaping @Sendable () async -> Health) -> Endpoint {
        Endpoint(
            .get,
            at: "/readyz",
            "200 when the server can take and answer, 503 with the reason if not.",
            access: .everybody,
            contentTypes: ["text/plain"]
        ) { _ in
            guard let problem = await look().problem else { return .text("ok\n") }
            return .text(problem + "\n", status: .serviceUnavailable)
        }
    }

    fileprivate static func metrics(_ figures: @escaping @Sendable () async -> String) -> Endpoint {
        let contentType = "text/plain; version=0.0.4"
        return Endpoint(
            .get,
            at: "/metrics",
            "All figures, in Prometheus' text format.",
            access: .everybody,
            contentTypes: [contentType]
        ) { _ in .text(await figures(), contentType: contentType) }
    }
}

extension Envelope {
    fileprivate static let operations = Envelope(
        "OperationsError",
        schema: [
            "type": "object",
            "required": ["error", "message"],
            "properties": ["error": ["type": "string"], "message": ["type": "string"]],
        ]
    ) { failure in
        var json = JSONWriter()
        json.raw("{\"error\":")
        json.string(failure.code)
        json.member("message", failure.sentence)
        json.raw("}")
        return json.text
    }
}
