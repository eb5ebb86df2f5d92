import EventModel
import HTTPEdge
import Hummingbird
import JSONTape
import QueryModel
import Storage

/// Custom events: saved under a name, which queries call `ce:NAME`, and which means any of several events.
///
/// Amplitude has no such path, so it is ours, with both keys as everywhere:
///
///     GET    /api/v1/custom-events          {"data":[…]}, by name
///     GET    /api/v1/custom-events/:name    {"data":{"name":"Checkout","events":[{"event_type":"Buy","filters":[]}]}}
///     PUT    /api/v1/custom-events/:name    the same object as its body, without `data`; `name` may be left out
///     DELETE /api/v1/custom-events/:name    204
///
/// Each of `events` is shaped, and checked, like the parameter `e`; it groups by nothing, and is no custom event itself.
/// Errors are `{"error":CODE,"message":…}`, as everywhere under `/api/v1`. Source: Documentation/http.md H8.
struct CustomEventRoutes: Sendable {
    let host: any ProjectHost

    private static let mostBytes = 64 << 10
    private static let mostEvents = 100
    private static let mostCustomEvents = 2_000

    func add(to router: Router<some RequestContext>) {
        router.get("/api/v1/custom-events") { request, _ in
            await settings(request) { settings, json in
                json.raw("{\"data\":")
                json.list(settings.customEvents.sorted { $0.key < $1.key }) { $0.customEvent($1.key, $1.value) }
                json.raw("}")
            }
        }
        router.get("/api/v1/custom-events/:name") { request, context in
            let name = context.decodedParameter("name")
            return await settings(request) { settings, json throws(APIError) in
                guard let events = settings.customEvents[name] else { throw .unknownCustomEvent(name) }
                json.raw("{\"data\":")
                json.customEvent(name, events)
                json.raw("}")
            }
        }
        router.put("/api/v1/custom-events/:name") { request, context in
            let name = context.decodedParameter("name")
            return await answering("application/json") { () throws(APIError) in
                let record = try await record(request)
                let events = try Self.events(try await body(request), name)
                return try await Self.change(record) { settings throws(APIError) in
                    guard settings.customEvents[name] != nil || settings.customEvents.count < Self.mostCustomEvents
                    else {
                        throw .v1(
                            .conflict,
                            "CONFLICT",
                            "There are \(Self.mostCustomEvents) custom events, and no more are possible."
                        )
                    }
                    settings.customEvents[name] = events
                    var json = JSONWriter()
                    json.raw("{\"data\":")
                    json.customEvent(name, events)
                    json.raw("}")
                    return json.text
                }
            }
        }
        router.delete("/api/v1/custom-events/:name") { request, context in
            let name = context.decodedParameter("name")
            do throws(APIError) {
                _ = try await Self.change(try await record(request)) { settings throws(APIError) in
                    guard settings.customEvents.removeValue(forKey: name) != nil else {
                        throw .unknownCustomEvent(name)
                    }
                    return ""
                }
                return Response(status: .noContent)
            } catch {
                return error.response
            }
        }
    }

    // MARK: Reading and writing

    private func settings(
        _ request: Request,
        _ write: @escaping @Sendable (EventSettings, inout JSONWriter) throws(APIError) -> Void
    ) async -> Response {
        await answering("application/json") { () throws(APIError) in
            try await Self.change(try await record(request)) { settings throws(APIError) in
                var json = JSONWriter()
                try write(settings, &json)
                return json.text
            }
        }
    }

    /// - Parameter change: if it throws, nothing has changed.
    private static func change(
        _ record: any ProjectRecord,
        _ change: @escaping @Sendable (inout EventSettings) throws(APIError) -> String
    ) async throws(APIError) -> String {
        let result = await settingsQueue.run { () -> Result<String, APIError> in
            let answer = Result { () throws(ProjectRecordError) in
                try record.changeEventSettings { settings in
                    Result { () throws(APIError) in
                        var changed = settings
                        let answer = try change(&changed)
                        settings = changed
                        return answer
                    }
                }
            }
            switch answer {
            case .success(let result): return result
            case .failure:
                return .failure(
                    .v1(
                        .internalServerError,
                        "INTERNAL_ERROR",
                        "The settings cannot be read or written at the moment. Try again."
                    )
                )
            }
        }
        return try result.get()
    }

    private func record(_ request: Request) async throws(APIError) -> any ProjectRecord {
        if let project = await host.project(authorizedBy: request) { return project.record }
        var error = APIError.v1(
            .unauthorized,
            "INVALID_TOKEN",
            "Send HTTP Basic authorization: API key and secret key."
        )
        error.headers = APIError.unauthorized.headers
        throw error
    }

    private func body(_ request: Request) async throws(APIError) -> [UInt8] {
        do throws(APIError) {
            return Array(buffer: try await request.content(limit: Self.mostBytes))
        } catch {
            throw .v1(
                error.status,
                "BAD_REQUEST",
                "The body must be readable, and have \(Self.mostBytes) bytes at most."
            )
        }
    }

    // MARK: A definition

    /// Checks the body of a `PUT`, and gives its list of events in the form in which it is kept.
    private static func events(_ body: [UInt8], _ name: ExactText) throws(APIError) -> ExactText {
        guard (1...1024).contains(name.string.count) else {
            throw .v1(.unprocessableContent, "VALIDATION_ERROR", "A custom event's name has 1 to 1024 characters.")
        }
        do {
            return try JSONDocument.withRoot(of: body) { root in
                if let other = root["name"], other.string.map({ ExactText($0) }) != name {
                    throw APIError.invalid("name must be the one in the path, \"\(name.string)\", or be left out")
                }
                let events = root["events"]
                let count = events?.elements.count { _ in true } ?? 0
                guard let events, (1...mostEvents).contains(count) else {
                    throw APIError.invalid(
                        "events must be a list of 1 to \(mostEvents) events, such as"
                            + " {\"events\":[{\"event_type\":\"Buy\",\"filters\":[]}]}"
                    )
                }
                for (index, event) in events.elements.enumerated() { try check(event, "events[\(index)]") }
                var json = JSONWriter()
                json.list(events.elements) { $0.definition($1) }
                return ExactText(json.text)
            }
        } catch let error as APIError {
            throw error
        } catch {
            throw .v1(
                .badRequest,
                "BAD_REQUEST",
                "The body must be JSON, such as {\"events\":[{\"event_type\":\"Buy\"}]}."
            )
        }
    }

    private static func check(_ event: JSONValue, _ name: String) throws {
        if event["event_type"]?.string?.hasPrefix("ce:") == true {
            throw APIError.invalid("\(name) cannot be a custom event; list its events instead")
        }
        var json = JSONWriter()
        json.value(event)
        do {
            let selector = try EventSelector(parsing: json.text, name)
            guard selector.groupBy.isEmpty else { throw APIError.invalid("\(name) cannot have a \"group_by\"") }
        } catch let error as QueryParameterError {
            throw APIError.invalid(error.message)
        }
    }
}

extension APIError {
    /// The envelope of everything under `/api/v1`. Source: Documentation/http.md H8.
    fileprivate static func v1(_ status: HTTPResponse.Status, _ code: String, _ message: String) -> APIError {
        var json = JSONWriter()
        json.raw("{\"error\":")
        json.string(code)
        json.raw(",\"message\":")
        json.string(message)
        json.raw("}")
        return APIError(status: status, body: json.text)
    }

    fileprivate static func invalid(_ message: String) -> APIError {
        .v1(.unprocessableContent, "VALIDATION_ERROR", message)
    }

    fileprivate static func unknownCustomEvent(_ name: ExactText) -> APIError {
        .v1(.notFound, "NOT_FOUND", "There is no custom event \"\(name.string)\".")
    }
}

extension JSONWriter {
    /// - Parameter events: JSON already.
    fileprivate mutating func customEvent(_ name: ExactText, _ events: ExactText) {
        raw("{\"name\":")
        string(name.string)
        raw(",\"events\":")
        raw(events.string)
        raw("}")
    }

    /// What a definition keeps of an event.
    fileprivate mutating func definition(_ event: JSONValue) {
        raw("{\"event_type\":")
        string(event["event_type"]?.string)
        raw(",\"filters\":")
        if let filters = event["filters"], !filters.isNull { value(filters) } else { raw("[]") }
        raw("}")
    }
}
