import EventModel
import HTTPEdge
import JSONTape
import QueryModel
import Storage

// Custom events: saved under a name, which queries call `ce:NAME`, and which means any of several events.
//
// Amplitude has no such path, so it is ours:
//
//     GET    /api/v1/custom-events          {"data":[…]}, by name
//     GET    /api/v1/custom-events/{name}   {"data":{"name":"Checkout","events":[{"event_type":"Buy","filters":[]}]}}
//     PUT    /api/v1/custom-events/{name}   the same object as its body, without `data`; `name` may be left out
//     DELETE /api/v1/custom-events/{name}   204
//
// Each of `events` is shaped, and checked, like the parameter `e`; it groups by nothing, and is no custom event itself.

extension Endpoint {
    static let customEvents = Endpoint(
        .get,
        at: "/api/v1/custom-events",
        "All custom events, by name.",
        access: .viewer
    ) { call in
        let settings = try await call.project.withRecord { try $0.eventSettings() }
        var json = JSONWriter()
        json.raw("{\"data\":")
        json.list(settings.customEvents.sorted { $0.key < $1.key }) { $0.customEvent($1.key, $1.value) }
        json.raw("}")
        return .json(json)
    }

    static let customEvent = Endpoint(
        .get,
        at: "/api/v1/custom-events/{name}",
        "One custom event.",
        parameters: [.customEventName],
        access: .viewer
    ) { call in
        let name = call.parameters.part("name")
        let settings = try await call.project.withRecord { try $0.eventSettings() }
        guard let events = settings.customEvents[name] else { throw Failure.unknownCustomEvent(name) }
        return .customEvent(name, events)
    }

    static let saveCustomEvent = Endpoint(
        .put,
        at: "/api/v1/custom-events/{name}",
        "Saves a custom event, in the place of one of that name.",
        parameters: [.customEventName],
        body: Body(
            "The events that it means, each like the parameter e.",
            example: ["events": [["event_type": "Buy", "filters": []]]]
        ),
        access: .editor
    ) { call in
        let name = call.parameters.part("name")
        let project = try call.project
        let events = try CustomEventDefinition.events(try await call.customEventBody(), name)
        return try await project.changeSettings { settings in
            guard settings.customEvents[name] != nil || settings.customEvents.count < CustomEventDefinition.mostSaved
            else {
                throw Failure(
                    .conflict,
                    "full",
                    "There are \(CustomEventDefinition.mostSaved) custom events, and no more are possible."
                )
            }
            settings.customEvents[name] = events
            return .customEvent(name, events)
        }
    }

    static let deleteCustomEvent = Endpoint(
        .delete,
        at: "/api/v1/custom-events/{name}",
        "Removes a custom event.",
        parameters: [.customEventName],
        access: .editor,
        success: 204
    ) { call in
        let name = call.parameters.part("name")
        return try await call.project.changeSettings { settings in
            guard settings.customEvents.removeValue(forKey: name) != nil else {
                throw Failure.unknownCustomEvent(name)
            }
            return .noContent
        }
    }
}

extension Parameter {
    fileprivate static let customEventName = Parameter(
        "name",
        .text,
        in: .path,
        "The custom event's name, of 1 to 1024 characters.",
        example: "Checkout"
    )
}

extension Failure {
    fileprivate static func unknownCustomEvent(_ name: ExactText) -> Failure {
        Failure(.notFound, "custom_event_unknown", "There is no custom event \"\(name.string)\".")
    }

    fileprivate static func invalid(_ sentence: String) -> Failure {
        Failure(.unprocessable, "custom_event_invalid", sentence)
    }
}

extension Call {
    private static let mostBytes = 64 << 10

    fileprivate func customEventBody() async throws(Failure) -> [UInt8] {
        do throws(RequestBodyError) {
            return try await bytes(limit: Self.mostBytes)
        } catch {
            var failure = error.failure
            failure.sentence = "The body must be readable, and have \(Self.mostBytes) bytes at most."
            throw failure
        }
    }
}

/// What a custom event means, as it is sent and kept.
private enum CustomEventDefinition {
    static let mostSaved = 2_000
    private static let mostEvents = 100

    /// Checks the body of a `PUT`, and gives its list of events in the form in which it is kept.
    static func events(_ body: [UInt8], _ name: ExactText) throws(Failure) -> ExactText {
        guard (1...1024).contains(name.string.count) else {
            throw .invalid("A custom event's name has 1 to 1024 characters.")
        }
        if name.string.utf8.contains(0) {
            throw Failure(
                .malformed,
                "custom_event_invalid",
                "A custom event's name must not hold U+0000.",
                field: "name"
            )
        }
        do {
            return try JSONDocument.withRoot(of: body) { root in
                if let other = root["name"], other.string.map({ ExactText($0) }) != name {
                    throw Failure.invalid("name must be the one in the path, \"\(name.string)\", or be left out")
                }
                let events = root["events"]
                let count = events?.elements.count { _ in true } ?? 0
                guard let events, (1...mostEvents).contains(count) else {
                    throw Failure.invalid(
                        "events must be a list of 1 to \(mostEvents) events, such as"
                            + " {\"events\":[{\"event_type\":\"Buy\",\"filters\":[]}]}"
                    )
                }
                for (index, event) in events.elements.enumerated() { try check(event, "events[\(index)]") }
                var json = JSONWriter()
                json.list(events.elements) { $0.definition($1) }
                return ExactText(json.text)
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(
                .malformed,
                "body_malformed",
                "The body must be JSON, such as {\"events\":[{\"event_type\":\"Buy\"}]}."
            )
        }
    }

    private static func check(_ event: JSONValue, _ name: String) throws(Failure) {
        if event["event_type"]?.string?.hasPrefix("ce:") == true {
            throw .invalid("\(name) cannot be a custom event; list its events instead")
        }
        var json = JSONWriter()
        json.value(event)
        do throws(QueryParameterError) {
            let selector = try EventSelector(parsing: json.text, name)
            guard selector.groupBy.isEmpty else {
                throw .unsupported(name, "\(name) cannot have a \"group_by\"")
            }
        } catch {
            throw .invalid(error.message)
        }
    }
}

extension Reply {
    fileprivate static func customEvent(_ name: ExactText, _ events: ExactText) -> Reply {
        var json = JSONWriter()
        json.raw("{\"data\":")
        json.customEvent(name, events)
        json.raw("}")
        return .json(json)
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
