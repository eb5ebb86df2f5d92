import HTTPEdge
import Hummingbird
import QueryExecution

extension ProjectHost {
    /// Answers a question about a project as JSON: the keys are checked, errors are in the envelope, and a client that
    /// hangs up ends the work. Source: Documentation/http.md H14.
    ///
    /// - Parameter body: throws nothing but ``QueryParameterError``, `QueryError`, ``QueryLimitExceeded`` and ``APIError``.
    func answer(
        _ request: Request,
        _ context: some RequestContext,
        _ body: @escaping @Sendable (HostedProject, FormFields) async throws -> String
    ) async -> Response {
        await context.untilHangUp {
            await answering("application/json") { () throws(APIError) in
                guard let project = await project(authorizedBy: request) else { throw .unauthorized }
                do {
                    return try await body(project, FormFields(urlEncoded: request.uri.query ?? ""))
                } catch let error as QueryParameterError {
                    throw APIError(error)
                } catch let error as QueryError {
                    throw APIError(error)
                } catch let error as QueryLimitExceeded {
                    throw APIError(error)
                } catch let error as APIError {
                    throw error
                } catch {
                    preconditionFailure("questions throw only those four")
                }
            }
        }
    }
}
