import EventModel
import HTTPEdge
import Storage

extension Endpoint {
    static let createEventType = taxonomyWrite(
        .post,
        at: "event",
        "Plans an event type.",
        parameters: [
            Parameter("event_type", .text, in: .form, "The event type.", example: "Play", isRequired: true)
        ] + .eventTypeChange
    ) { settings, form, received throws(TaxonomyError) in
        let type = ExactText(try form.name("event_type"))
        try settings.create(type, EventTypeChange(parsing: form), isReceived: received.contains(type))
    }

    static let eventTypes = taxonomyRead(
        at: "event",
        "All event types in the plan, and all that were received.",
        parameters: [.showDeleted]
    ) { settings, received, sent, json in
        json.list(settings.knownTypes(received, deleted: sent.asksForDeleted)) { $0.eventType($1, settings) }
    }

    static let eventType = taxonomyRead(
        at: "event/{event}",
        "One event type.",
        parameters: [.eventType, .showDeleted]
    ) { settings, received, sent, json throws(TaxonomyError) in
        let type = sent.part("event")
        guard settings.knownTypes(received, deleted: sent.asksForDeleted).contains(type) else { throw .notFound }
        json.eventType(type, settings)
    }

    static let updateEventType = taxonomyWrite(
        .put,
        at: "event/{event}",
        "Changes what is said of an event type.",
        parameters: [.eventType] + .eventTypeChange
    ) { settings, form, received throws(TaxonomyError) in
        let type = form.part("event")
        let change = try EventTypeChange(parsing: form)
        try settings.update(
            type,
            change,
            isReceived: received.contains(type),
            isNewNameReceived: change.newName.map { received.contains(ExactText($0)) } ?? false
        )
    }

    static let deleteEventType = taxonomyWrite(
        .delete,
        at: "event/{event}",
        "Takes an event type out of the plan; what comes of a received one is dropped then.",
        parameters: [.eventType]
    ) { settings, form, received throws(TaxonomyError) in
        let type = form.part("event")
        try settings.delete(type, isReceived: received.contains(type))
    }

    static let restoreEventType = taxonomyWrite(
        .post,
        at: "event/{event}/restore",
        "Brings a deleted event type back.",
        parameters: [.eventType]
    ) { settings, form, _ throws(TaxonomyError) in try settings.restore(form.part("event")) }
}

extension Parameter {
    fileprivate static let eventType = Parameter("event", .text, in: .path, "The event type.", example: "Play")
}

extension [Parameter] {
    /// What ``EventTypeChange`` reads.
    fileprivate static let eventTypeChange: [Parameter] =
        [
            Parameter("new_event_type", .text, in: .form, "Another name, of one not received.", example: "Play Song"),
            Parameter("category", .text, in: .form, "A category's name; empty for none.", example: "Shop"),
            Parameter("description", .text, in: .form, "What it means; empty for nothing.", example: "A song begins."),
            Parameter("display_name", .text, in: .form, "What people see instead of its name.", example: "Play a song"),
            Parameter("owner", .text, in: .form, "Who cares for it; empty for nobody.", example: "ann@example.com"),
            Parameter("tags", .text, in: .form, "Words, with commas between them.", example: "music,core"),
        ]
        + [
            ("is_active", "Whether it makes people active."),
            ("is_hidden_from_dropdowns", "Whether events/list leaves it out."),
            ("is_hidden_from_persona_results", "Kept, and told back."),
            ("is_hidden_from_pathfinder", "Kept, and told back."),
            ("is_hidden_from_timeline", "Kept, and told back."),
            ("is_blocked", "Whether what comes of it is dropped. Ours alone."),
        ].map { Parameter($0, .flag, in: .form, $1, example: "true") }
}

extension EventSettings {
    /// The types in the plan and those that were received, in the order of their names.
    fileprivate func knownTypes(_ received: ReceivedNames, deleted: Bool) -> [ExactText] {
        received.types.union(types.keys).filter { type in
            EventNames.isActivity(type.string) && (deleted || !isDeleted(type))
        }.sorted()
    }
}

extension JSONWriter {
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
}
