import Accounts
import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import Testing

@Suite("whose a saved chart is (Documentation/asking.md Q7)")
struct ChartOwnersTests {
    private static let users = "{\"question\":{\"version\":1,\"type\":\"users\",\"range\":{\"last\":\"3d\"}}}"

    private struct Chart: Decodable {
        struct Object: Decodable {
            var id: String
            var owner: String?
        }

        var data: Object
    }

    @Test("a chart is its maker's: Editors change their own, Admins everybody's, Viewers ask")
    func owners() async throws {
        let server = try await AccountServer()
        let ann = try await server.account("ann", .editor)
        let tokens = (
            ann: try await server.token(of: ann), bob: try await server.member("bob", .editor),
            admin: try await server.member("admin", .admin), viewer: try await server.member("viewer", .viewer)
        )
        func make(_ headers: [String: String]) async throws -> Chart.Object {
            let made = try await server.ask(.post, "/api/v1/charts", Self.users, headers: headers)
            try #require(made.status == 201, "\(made.body)")
            return try JSONDecoder().decode(Chart.self, from: Data(made.body.utf8)).data
        }
        func of(_ token: String) -> [String: String] { ["Authorization": "Bearer \(token)", "X-Workspace-ID": "1"] }
        let hers = try await make(of(tokens.ann))
        #expect(hers.owner == ann.id.text)
        let key = try server.key(of: ann, .editor, own: .editor)
        #expect(try await make(of(key)).owner == ann.id.text)
        let nobodys = try await make(["Authorization": server.basic(server.projects[0])])
        #expect(nobodys.owner == nil)

        for (chart, token, status) in [
            (hers, tokens.bob, 403), (hers, tokens.viewer, 403), (hers, tokens.ann, 200), (hers, key, 200),
            (hers, tokens.admin, 200), (nobodys, tokens.ann, 403), (nobodys, tokens.admin, 200),
        ] {
            let path = "/api/v1/charts/\(chart.id)"
            let change = try await server.ask(.put, path, "{\"name\":\"New\"}", headers: of(token))
            #expect(change.status == status, "\(change.body)")
            if status == 403 {
                #expect(try await server.ask(.delete, path, headers: of(token)).status == 403)
            }
            let asked = try await server.ask(.get, "/api/3/chart/\(chart.id)/query", headers: of(token))
            #expect(asked.status == 200)
        }
        let refused = try await server.ask(.put, "/api/v1/charts/\(hers.id)", "{}", headers: of(tokens.bob))
        #expect(refused["error"] == "FORBIDDEN")
        let archived = try await server.ask(.delete, "/api/v1/charts/\(hers.id)", headers: of(tokens.ann))
        #expect(archived.status == 204)
        await server.close()
    }
}
