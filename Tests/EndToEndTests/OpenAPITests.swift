import Foundation
import Testing

extension EndToEnd {
    @Suite("The description of the API")
    struct OpenAPITests {
        private struct Report: Decodable {
            var version: String
            var operations: Int
            var problems: [String]
        }

        @Test("is valid OpenAPI, and served without keys")
        func valid() async throws {
            let folder = try TestFolder()
            _ = try await folder.createProject("described")
            let server = try await ServerProcess.start(in: folder)
            let report: Report = try await folder.client("check_openapi.py", server.address)
            #expect(report.version == "3.1.0")
            #expect(report.problems == [])
            #expect(report.operations > 100)
            try await server.stop()
        }
    }
}
