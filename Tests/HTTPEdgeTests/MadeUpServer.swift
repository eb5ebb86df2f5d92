import EventModel
import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization

@testable import HTTPEdge

/// A host that knows no project.
struct NoProjects: ProjectHost {
    func project(withAPIKey key: String) async throws(Failure) -> HostedProject? { nil }
    func project(withSecretKey key: String) async throws(Failure) -> HostedProject? { nil }
}

/// A host that cannot tell.
struct BrokenHost: ProjectHost {
    func project(withAPIKey key: String) async throws(Failure) -> HostedProject? {
        throw Failure(.unavailable, "list_unreadable", "The list of projects cannot be read.", retryAfter: .seconds(10))
    }

    func project(withSecretKey key: String) async throws(Failure) -> HostedProject? {
        try await project(withAPIKey: key)
    }
}

extension Envelope {
    /// `open: code, sentence`
    static func madeUp(_ name: String) -> Envelope {
        Envelope(name, contentType: "text/plain", schema: ["type": "string"]) { "\(name): \($0.code), \($0.sentence)" }
    }
}

/// What is thrown where nobody foresees it.
struct Surprise: Error {}

extension [Family] {
    /// One that pages of any origin may use and that answers for unknown paths, and one that has `/closed` to itself.
    static var madeUp: [Family] {
        [
            Family(
                "Open",
                "For everybody.",
                envelope: .madeUp("open"),
                allowsAnyOrigin: true,
                endpoints: [
                    Endpoint(.get, at: "/open/short", "Short.", access: .everybody) { _ in .text("short") },
                    Endpoint(.get, at: "/open/long", "Long.", access: .everybody) { _ in
                        .text(String(repeating: "long ", count: 300))
                    }, Endpoint(.get, .post, at: "/open/both", "Both.", access: .everybody) { _ in .text("both") },
                    Endpoint(.get, at: "/open/keys", "For viewers.", access: .viewer) { call in
                        .text(try call.project.project.name)
                    },
                    Endpoint(.get, at: "/open/surprise", "Fails.", access: .everybody) { _ in throw Surprise() },
                    Endpoint(
                        .get,
                        at: "/open/things/{thing}",
                        "One thing.",
                        parameters: [
                            Parameter("thing", .text, in: .path, "Its name.", example: "a"),
                            Parameter("color", .choice(["red"]), "Its color.", standard: "red", example: "red"),
                        ],
                        access: .everybody
                    ) { call in .text("\(call.parameters.part("thing").string) \(call.parameters["color"] ?? "none")")
                    },
                    .notBuilt(.get, at: "/open/later/{thing}", "Something fine."),
                ]
            ),
            Family(
                "Closed",
                "For this origin.",
                prefixes: ["/closed"],
                envelope: .madeUp("closed"),
                allowsAnyOrigin: false,
                endpoints: [
                    Endpoint(.put, at: "/closed/thing", "Changes.", access: .everybody) { _ in .noContent }
                ]
            ),
        ]
    }
}

/// What a server logged, as `level: metadata`.
final class LoggedLines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LoggedLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let text = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            lines.lines.withLock { $0.append("\(event.level): \(text)") }
        }
    }
}

/// Answers of the made-up families, without a socket.
func withMadeUpServer(
    _ host: any ProjectHost = NoProjects(),
    _ families: [Family] = .madeUp,
    log: LoggedLines = LoggedLines(),
    gate: BodyGate = .open,
    _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void
) async throws {
    let router = Router()
    API(host, families: families).add(to: router, gate: gate)
    try await Application(router: router, logger: log.logger).test(.router) { try await test($0) }
}

extension HTTPFields {
    subscript(_ name: String) -> String? {
        get { Element.Name(name).flatMap { self[$0] } }
        set { if let name = Element.Name(name) { self[name] = newValue } }
    }
}

extension TestClientProtocol {
    func ask(
        _ method: HTTPRequest.Method = .get,
        _ path: String,
        _ headers: HTTPFields = [:]
    ) async throws -> (status: Int, headers: HTTPFields, body: ByteBuffer, text: String) {
        try await execute(uri: path, method: method, headers: headers, body: nil) { answer in
            (answer.status.code, answer.headers, answer.body, String(buffer: answer.body))
        }
    }
}
