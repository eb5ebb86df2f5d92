import Foundation
import Testing

extension EndToEnd {
    /// An OpenAPI description of the Dashboard REST API, which programs are made from: `Clients/operations.json` has it, with
    /// what Amplitude's page says otherwise.
    @Suite("Operations of an OpenAPI description")
    struct OperationTests {
        private struct Report: Decodable {
            var operations: Int
            var requests: Int
            var problems: [String]
        }

        @Test("each takes every parameter that is described, and answers by its schema")
        func operations() async throws {
            let project = try await PageProject.start()
            let report: Report = try await project.server.folder.client(
                "check_operations.py",
                project.server.address,
                project.keys.apiKey,
                project.keys.secretKey
            )
            #expect(report.problems == [])
            #expect(report.operations == 7 && report.requests > 50, "\(report)")
            try await project.server.stop()
        }
    }
}
