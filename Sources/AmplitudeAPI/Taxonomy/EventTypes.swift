import EventModel
import HTTPEdge
import Hummingbird
import Storage

/// Amplitude's Taxonomy API, as far as it is about categories and event types.
/// Source: Documentation/taxonomy.md X1 to X6.
///
/// Writes are forms; all answers are JSON with `success`.
struct TaxonomyRoutes: Sendable {
    let host: any ProjectHost

    private static let mostBytes = 64 << 10

    func add(to router: Router<some RequestContext>) {
        let group = router.group("/api/2/taxonomy")
        addCategories(to: group)
        addEvents(to: group)
    }

    private func addCategories(to group: RouterGroup<some RequestContext>) {
        group.post("category") { request, _ in
            await write(request) { settings, form, _ throws(TaxonomyError) in
                try settings.createCategory(named: Self.name(form, "category_name"))
            }
        }
        group.get("category") { request, _ in
            await read(request) { settings, _, json in
                json.list(settings.categories.sorted { $0.key < $1.key }) { $0.category($1.key, $1.value) }
            }
        }
        group.get("category/:category") { request, context in
            let name = context.decodedParameter("category")
            return await read(request) { settings, _, json throws(TaxonomyError) in
                guard let found = settings.categories.first(where: { $0.value == name }) else { throw .notFound }
                json.category(found.key, found.value)
            }
        }
        group.put("category/:category") { request, context in
            let id = context.decodedParameter("category").string
            return await write(request) { settings, form, _ throws(TaxonomyError) in
                try settings.renameCategory(id, to: Self.name(form, "category_name"))
            }
        }
        group.delete("category/:category") { request, context in
            let id = context.decodedParameter("category").string
            return await write(request) { settings, _, _ throws(TaxonomyError) in try settings.deleteCategory(id) }
        }
    }

    private func addEvents(to group: RouterGroup<some RequestContext>) {
        group.post("event") { request, _ in
            await write(request) { settings, form, received throws(TaxonomyError) in
                let type = ExactText(try Self.name(form, "event_type"))
                try settings.create(type, EventTypeChange(parsing: form), isReceived: received.contains(type))
            }
        }
        group.get("event") { request, _ in
            let showDeleted = request.asksForDeleted
            return await read(request) { settings, received, json in
                json.list(settings.knownTypes(received, deleted: showDeleted)) { $0.eventType($1, settings) }
            }
        }
        group.get("event/:event") { request, context in
            let type = context.decodedParameter("event")
            let showDeleted = request.asksForDeleted
            return await read(request) { settings, received, json throws(TaxonomyError) in
                guard settings.knownTypes(received, deleted: showDeleted).contains(type) else { throw .notFound }
                json.eventType(type, settings)
            }
        }
        group.put("event/:event") { request, context in
            let type = context.decodedParameter("event")
            return await write(request) { settings, form, received throws(TaxonomyError) in
                let change = try EventTypeChange(parsing: form)
                try settings.update(
                    type,
                    change,
                    isReceived: received.contains(type),
                    isNewNameReceived: change.newName.map { received.contains(ExactText($0)) } ?? false
                )
            }
        }
        group.delete("event/:event") { request, context in
            let type = context.decodedParameter("event")
            return await write(request) { settings, _, received throws(TaxonomyError) in
                try settings.delete(type, isReceived: received.contains(type))
            }
        }
        group.post("event/:event/restore") { request, context in
            let type = context.decodedParameter("event")
            return await write(request) { settings, _, _ throws(TaxonomyError) in try settings.restore(type) }
        }
    }

    // MARK: Reading and writing

    /// - Parameter answer: gets the settings and every event type that was received, and writes `data`.
    private func read(
        _ request: Request,
        _ answer: @escaping @Sendable (EventSettings, Set<ExactText>, inout JSONWriter) throws(TaxonomyError) -> Void
    ) async -> Response {
        await withinLimits(request, cost: 1) { project in
            let record = project.record
            return try await APIError.awaitingRecord { () throws(ProjectRecordError) in
                let settings = try record.eventSettings()
                let received = Set(try record.eventTypeNames().map { ExactText($0.value) })
                return Result { () throws(TaxonomyError) in
                    var json = JSONWriter()
                    json.raw("{\"success\":true,\"data\":")
                    try answer(settings, received, &json)
                    json.raw("}")
                    return json.text
                }
            }
        }
    }

    /// - Parameter change: gets the settings, the form and every event type that was received. If it throws, nothing
    ///   has changed.
    private func write(
        _ request: Request,
        _ change:
            @escaping @Sendable (inout EventSettings, FormFields, Set<ExactText>) throws(TaxonomyError) -> Void
    ) async -> Response {
        await withinLimits(request, cost: 2) { project in
            let record = project.record
            let form = try await form(request)
            return try await APIError.awaitingRecord { () throws(ProjectRecordError) in
                let received = Set(try record.eventTypeNames().map { ExactText($0.value) })
                return try record.changeEventSettings { settings in
                    Result { () throws(TaxonomyError) in
                        var changed = settings
                        try change(&changed, form, received)
                        settings = changed
                        return "{\"success\":true}"
                    }
                }
            }
        }
    }

    private func withinLimits(
        _ request: Request,
        cost: Int,
        _ answer: @escaping @Sendable (HostedProject) async throws -> String
    ) async -> Response {
        await answering("application/json") { () throws(APIError) in
            let project = try await project(request)
            do {
                return try await project.limits.taxonomy(cost: cost) { try await answer(project) }
            } catch let error as QueryLimitExceeded {
                throw .taxonomy(error)
            } catch let error as APIError {
                throw error
            } catch {
                preconditionFailure("the taxonomy throws only those two")
            }
        }
    }

    private func project(_ request: Request) async throws(APIError) -> HostedProject {
        if let project = await host.project(authorizedBy: request) { return project }
        throw .taxonomyUnauthorized
    }

    private func form(_ request: Request) async throws(APIError) -> FormFields {
        do {
            return try await request.form(limit: Self.mostBytes).fields
        } catch {
            throw .taxonomy(error.status, "The form must be readable, and have \(Self.mostBytes) bytes at most.")
        }
    }

    private static func name(_ form: FormFields, _ field: String) throws(TaxonomyError) -> String {
        guard let name = form[field], !name.isEmpty else { throw .malformed("\(field) is required") }
        return try EventTypeChange.name(name, field)
    }
}

extension APIError {
    fileprivate static var taxonomyUnauthorized: APIError {
        var error = APIError.taxonomy(
            .unauthorized,
            "Wrong or missing keys: send HTTP Basic authorization, the API key as user name and the secret key as"
                + " password."
        )
        error.headers = APIError.unauthorized.headers
        return error
    }

    fileprivate static func taxonomy(_ error: QueryLimitExceeded) -> APIError {
        let limit = error.limit == .concurrency ? "at a time" : "an hour"
        var answer = APIError.taxonomy(.tooManyRequests, "Too many requests \(limit). Try again later.")
        if let wait = error.retryAfter { answer.headers[.retryAfter] = "\(wait.wholeSeconds)" }
        return answer
    }

    /// Runs what blocks on the record away from the threads that serve requests, and turns its errors into answers.
    fileprivate static func awaitingRecord(
        _ body: @escaping @Sendable () throws(ProjectRecordError) -> Result<String, TaxonomyError>
    ) async throws(APIError) -> String {
        do {
            return try await settingsQueue.run(body).get()
        } catch let error as TaxonomyError {
            throw APIError(error)
        } catch {
            throw .taxonomy(.serviceUnavailable, "The settings cannot be read or written at the moment. Try again.")
        }
    }
}

extension Request {
    fileprivate var asksForDeleted: Bool {
        FormFields(urlEncoded: uri.query ?? "")["showDeleted"]?.lowercased() == "true"
    }
}

extension EventSettings {
    /// The types in the plan and those that were received, in the order of their names.
    fileprivate func knownTypes(_ received: Set<ExactText>, deleted: Bool) -> [ExactText] {
        received.union(types.keys).filter { type in
            EventNames.isActivity(type.string) && (deleted || !isDeleted(type))
        }.sorted()
    }
}

extension JSONWriter {
    fileprivate mutating func category(_ id: EventCategoryID, _ name: ExactText) {
        raw("{\"id\":")
        integer(id.number)
        raw(",\"name\":")
        string(name.string)
        raw("}")
    }

    fileprivate mutating func eventType(_ type: ExactText, _ all: EventSettings) {
        let settings = all[type]
        raw("{\"event_type\":")
        string(type.string)
        raw(",\"category\":")
        if let name = settings.category.flatMap({ all.categories[$0] }) {
            raw("{\"name\":")
            string(name.string)
            raw("}")
        } else {
            raw("null")
        }
        raw(",\"description\":")
        string(settings.description)
        raw(",\"display_name\":")
        string(settings.displayName)
        flag("is_active", settings.isActive)
        flag("is_hidden_from_dropdowns", settings.isHiddenFromDropdowns)
        flag("is_hidden_from_persona_results", settings.isHiddenFromPersonaResults)
        flag("is_hidden_from_pathfinder", settings.isHiddenFromPathfinder)
        flag("is_hidden_from_timeline", settings.isHiddenFromTimeline)
        raw(",\"tags\":")
        list(settings.tags) { $0.string($1) }
        raw(",\"owner\":")
        string(settings.owner)
        flag("deleted", settings.isDeleted)
        // Amplitude's replies have no such field, so it is there only where it says something.
        if settings.isBlocked { flag("is_blocked", true) }
        raw("}")
    }

    private mutating func flag(_ name: StaticString, _ value: Bool) {
        raw(",\"")
        raw(name)
        raw("\":")
        bool(value)
    }
}
