import EventModel
import Hummingbird
import QueryExecution
import QueryModel

/// The way out: Amplitude's Dashboard REST API.
struct DashboardRoutes: Sendable {
    let host: any ProjectHost

    func add(to router: Router<some RequestContext>) {
        router.get("/api/2/events/segmentation") { request, _ in
            await answering("application/json") { () throws(APIError) in try await segmentation(request) }
        }
    }

    private func segmentation(_ request: Request) async throws(APIError) -> String {
        guard let project = await host.project(authorizedBy: request) else { throw .unauthorized }
        do {
            let query = try SegmentationQuery(parsing: FormFields(urlEncoded: request.uri.query ?? ""))
            let answer = try await project.queries.segmentation(query, zone: project.project.timeZone)
            return answer.json(splitByEvent: query.event.groupBy != nil)
        } catch let error as QueryParameterError {
            throw APIError(error)
        } catch let error as QueryError {
            throw APIError(error)
        } catch {
            preconditionFailure("segmentation throws only those two")
        }
    }
}
