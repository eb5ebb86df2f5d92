import EventModel
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import MetricsAPI
import OperationsAPI
import Testing

@testable import AmplitudeAPI
@testable import HTTPEdge

/// An endpoint with its family.
struct ServedEndpoint: Sendable, CustomStringConvertible {
    var endpoint: Endpoint
    var family: Family

    var description: String { "\(endpoint.methods.map(\.rawValue).joined(separator: "|")) \(endpoint.path)" }

    /// As the server has them.
    static let all = API(
        NobodysHost(),
        families: Family.amplitude() + [
            .metrics, .operations(version: "1.2.3", health: { Health(problem: nil, freeBytes: 0) }, metrics: { "" }),
        ]
    ).endpoints.entries.map { ServedEndpoint(endpoint: $0.endpoint, family: $0.family) }

    static let built = all.filter(\.endpoint.isBuilt)

    private struct NobodysHost: ProjectHost {
        func project(withAPIKey key: String) async -> HostedProject? { nil }
        func project(withSecretKey key: String) async -> HostedProject? { nil }
    }

    /// The path with an example in the place of each part that varies.
    var examplePath: String {
        endpoint.parameters.filter { $0.place == .path }.reduce(endpoint.path) { path, part in
            path.replacingOccurrences(of: "{\(part.name)}", with: part.example)
        }
    }
}

@Suite("all endpoints")
struct EndpointsTests {
    @Test("no two have one path and one method")
    func unique() {
        let routes = ServedEndpoint.all.flatMap { served in
            served.endpoint.methods.map { method in
                let parts = served.endpoint.path.split(separator: "/").map { $0.first == "{" ? "{}" : $0 }
                return "\(method.rawValue) \(parts.joined(separator: "/"))"
            }
        }
        #expect(Set(routes).count == routes.count)
        #expect(routes.count > 100)
    }

    @Test(
        "each says in sentences what it is and what it takes; parts of the path are parameters",
        arguments: ServedEndpoint.all
    )
    func sentences(_ served: ServedEndpoint) {
        let endpoint = served.endpoint
        #expect(endpoint.summary.last == "." && !endpoint.methods.isEmpty && endpoint.path.first == "/")
        for parameter in endpoint.parameters {
            #expect(parameter.sentence.last == "." && !parameter.example.isEmpty, "\(parameter.name)")
        }
        #expect(Set(endpoint.parameters.map(\.name)).count == endpoint.parameters.count)
        let parts = endpoint.path.split(separator: "/").filter { $0.first == "{" }.map {
            String($0.dropFirst().dropLast())
        }
        #expect(Set(parts) == Set(endpoint.parameters.filter { $0.place == .path }.map(\.name)))
    }

    @Test(
        "without keys, or with wrong ones, each that asks for a role answers 401 in its family's words",
        arguments: ServedEndpoint.built
    )
    func keys(_ served: ServedEndpoint) async throws {
        guard case .role = served.endpoint.access else { return }
        let server = try TestServer()
        let wrong = "Basic " + Data("\(TestServer.apiKey):wrong".utf8).base64EncodedString()
        let unknown = "Basic " + Data("wrong:\(TestServer.secretKey)".utf8).base64EncodedString()
        try await server.application.test(.router) { client in
            for authorization in [nil, wrong, unknown, "Basic", "Bearer \(TestServer.secretKey)"] {
                for method in served.endpoint.routedMethods {
                    var headers: HTTPFields = [:]
                    headers[.authorization] = authorization
                    try await client.execute(uri: served.examplePath, method: method, headers: headers) { answer in
                        #expect(answer.status == .unauthorized)
                        #expect(answer.headers[.wwwAuthenticate] == "Basic realm=\"Antinode\"")
                        #expect(answer.headers[.contentType] == served.family.envelope.contentType)
                        let failure: Failure = authorization == nil ? .nothingSent : .unauthorized
                        let body = method == .head ? "" : served.family.envelope.body(failure)
                        #expect(String(buffer: answer.body) == body)
                    }
                }
            }
        }
    }

    @Test("what is not built says so, without keys, in its family's words", arguments: ServedEndpoint.all)
    func notBuilt(_ served: ServedEndpoint) async throws {
        guard !served.endpoint.isBuilt else { return }
        let server = try TestServer()
        try await server.application.test(.router) { client in
            for method in served.endpoint.routedMethods {
                try await client.execute(uri: served.examplePath, method: method) { answer in
                    #expect(answer.status == .notImplemented)
                    #expect(answer.headers[.contentType] == served.family.envelope.contentType)
                }
            }
        }
    }

    /// A debug build stops where one is read that is not declared, so every test looks at that.
    @Test("each parameter that is declared is read", arguments: ServedEndpoint.built)
    func parameters(_ served: ServedEndpoint) async throws {
        let endpoint = served.endpoint
        let server = try TestServer()
        let project = try #require(await server.project(withAPIKey: TestServer.apiKey))
        let required = endpoint.parameters.filter(\.isRequired)
        let optional = endpoint.parameters.filter { !$0.isRequired }
        // Those that must be there, with each of the others, and all together: some are read only beside another.
        var read: Set<String> = []
        for sent in [required] + optional.map({ required + [$0] }) + [endpoint.parameters] {
            let names = ReadNames(endpoint.parameters)
            // Some must be there twice.
            let fields = sent.filter { $0.place != .path }.flatMap { $0.mayRepeat ? [$0, $0] : [$0] }
            let text = fields.map { parameter in
                let isKey = parameter.name == "api_key" || parameter.name == "client"
                let example = isKey ? TestServer.apiKey : parameter.example
                return "\(parameter.name)=\(example.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
            }.joined(separator: "&")
            let parts = sent.filter { $0.place == .path }.map { ($0.name, $0.example) }
            let isForm = sent.contains { $0.place == .form }
            let head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: isForm ? "/" : "/?\(text)")
            let call = Call(
                request: Request(head: head, body: RequestBody(buffer: ByteBuffer(string: isForm ? text : ""))),
                parameters: SentParameters(
                    FormFields(urlEncoded: text),
                    parts: Dictionary(uniqueKeysWithValues: parts),
                    names: names
                ),
                caller: Caller(identity: .projectKeys, role: .admin, project: project),
                sender: nil,
                host: server,
                questions: [:],
                isSecure: false,
                logger: Logger(label: "test"),
                work: BodyWork(.open, from: nil)
            )
            _ = try? await endpoint.respond(call)
            read.formUnion(names.all)
        }
        #expect(read == Set(endpoint.parameters.map(\.name)))
    }

    @Test("a question can be found by its path and asked without a request")
    func questions() async throws {
        let server = try TestServer()
        let project = try #require(await server.project(withAPIKey: TestServer.apiKey))
        let registry = EndpointRegistry(Family.amplitude())
        let question = try #require(registry.questions["/api/2/events/segmentation"])
        let sent = SentParameters(urlEncoded: "e=%7B%22event_type%22:%22_active%22%7D&start=20240301&end=20240301")
        let reply = try await question.answer(sent, project)
        guard case .bytes(let body) = reply.body else { return #expect(Bool(false)) }
        try await server.application.test(.router) { client in
            let (_, asked) = try await client.segmentation([
                ("e", "{\"event_type\":\"_active\"}"), ("start", "20240301"), ("end", "20240301"),
            ])
            #expect(String(buffer: body) == asked)
        }
        #expect(throws: QueryParameterError.self) { try question.question(SentParameters(urlEncoded: "")) }
    }
}

@Suite("methods of known paths (Documentation/http.md H10)")
struct MethodTests {
    @Test(
        "in the words of the path's family",
        arguments: [
            (HTTPRequest.Method.post, "/api/2/usersearch", "GET, HEAD", "\"http_code\":405"),
            (.trace, "/api/2/users", "GET, HEAD", "\"type\":\"method_not_allowed\""),
            (.get, "/2/httpapi", "POST", "{\"code\":405,"), (.put, "/batch", "POST", "{\"code\":405,"),
            (.put, "/2/httpapi", "POST", "{\"code\":405,"),
            (.delete, "/identify", "POST, GET, HEAD", "/identify is not"),
            (.patch, "/api/2/taxonomy/event", "POST, GET, HEAD", "{\"success\":false,\"errors\":"),
            (.post, "/api/v1/ledger", "GET, HEAD", "{\"error\":\"METHOD_NOT_ALLOWED\","),
        ]
    )
    func other(_ method: HTTPRequest.Method, _ path: String, _ allowed: String, _ start: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.execute(uri: path, method: method) { answer in
                #expect(answer.status == .methodNotAllowed)
                #expect(answer.headers[.allow] == allowed)
                #expect(String(buffer: answer.body).contains(start))
                #expect((answer.headers[.accessControlAllowOrigin] == "*") == !path.hasPrefix("/api/"))
            }
        }
    }
}
