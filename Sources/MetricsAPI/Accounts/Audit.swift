import Accounts
import EventModel
import HTTPEdge
import Hummingbird

extension Endpoint {
    static let workspaceAudit = Endpoint(
        .get,
        at: "/api/v1/admin/workspace/audit",
        "Who changed what of the workspace's members, keys and invitations, newest first.",
        parameters: Parameter.auditPage,
        access: .admin
    ) { call in
        let (before, limit) = try call.parameters.auditPage()
        return try await call.audit(of: try call.workspace, before, limit)
    }

    static let audit = Endpoint(
        .get,
        at: "/api/v1/admin/audit",
        "Who changed what of the whole server's accounts, and who signed in, newest first.",
        parameters: Parameter.auditPage,
        access: .server
    ) { call in
        let (before, limit) = try call.parameters.auditPage()
        return try await call.audit(of: nil, before, limit)
    }
}

extension Parameter {
    fileprivate static let auditPage = [
        Parameter("limit", .integer, "How many lines, 1000 at most.", standard: "100", example: "100"),
        Parameter("before", .integer, "Only lines before the one with this id.", example: "1000"),
    ]
}

extension SentParameters {
    fileprivate func auditPage() throws(QueryParameterError) -> (before: Int64, limit: Int) {
        func number(_ name: String, _ standard: Int64) throws(QueryParameterError) -> Int64 {
            guard let text = nonEmpty(name) else { return standard }
            guard let number = Int64(text), number > 0 else {
                throw .malformed(name, "\(name) must be a whole number above 0, such as \(name)=100")
            }
            return number
        }
        return (try number("before", .max), Int(min(try number("limit", 100), 1000)))
    }
}

extension Call {
    /// - Parameter workspace: `nil` for the whole server.
    fileprivate func audit(of workspace: Int64?, _ before: Int64, _ limit: Int) async throws -> Reply {
        let lines = try await accounts.run { (store, _) throws(AccountError) in
            try store.audit(of: workspace, before: before, limit: limit)
        }
        var json = JSONWriter()
        json.raw("{\"audit\":")
        json.list(lines) { $0.auditLine($1) }
        json.raw("}")
        return .json(json)
    }
}

extension JSONWriter {
    fileprivate mutating func auditLine(_ line: AuditLine) {
        raw("{\"id\":")
        integer(line.number)
        member("at", line.at.iso8601)
        member("author", line.author.name)
        member("address", line.author.address)
        member("action", line.action.rawValue)
        member("workspace_id", line.workspace.map { "\($0)" })
        member("subject", line.subject)
        member("detail", line.detail)
        raw("}")
    }
}
