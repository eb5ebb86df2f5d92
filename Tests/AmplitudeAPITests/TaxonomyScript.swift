import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import AmplitudeAPI

/// A request, in the words of a script, and what is to come back.
struct TaxonomyStep: CustomStringConvertible {
    var method: HTTPRequest.Method
    var path: String
    var form: String
    var status: Int
    var body: String?
    var description: String { "\(method) \(path) \(form)" }

    init(_ method: HTTPRequest.Method, _ path: String, _ form: String, _ status: Int, _ body: String? = nil) {
        self.method = method
        self.path = path
        self.form = form
        self.status = status
        self.body = body
    }

    init(_ method: HTTPRequest.Method, _ path: String, _ status: Int, _ body: String? = nil) {
        self.init(method, path, "", status, body)
    }
}

/// A suite whose tests are requests to the Taxonomy API, as a script, and its replies.
protocol TaxonomyScript {}

extension TaxonomyScript {
    typealias Step = TaxonomyStep

    func run(_ steps: [Step], on server: TestServer, after events: String? = nil) async throws {
        try await server.application.test(.router) { client in
            if let events { #expect(try await client.post(events: events).status == 200) }
            for step in steps {
                let (status, body) = try await client.request(step.method, "/api/2/taxonomy/\(step.path)", step.form)
                #expect(status == step.status, "\(step): \(body)")
                if let expected = step.body { #expect(body == expected, "\(step)") }
            }
        }
    }

    var done: String { "{\"success\":true}" }

    func failed(_ message: String) -> String {
        let escaped = message.replacing("\"", with: "\\\"")
        return "{\"success\":false,\"errors\":[{\"message\":\"\(escaped)\"}]}"
    }

    var notFound: String { failed("Not found") }

    func data(_ json: String) -> String { "{\"success\":true,\"data\":\(json)}" }
}
