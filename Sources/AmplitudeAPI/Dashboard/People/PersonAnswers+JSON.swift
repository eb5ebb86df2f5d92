import EventExport
import EventModel
import QueryExecution
import Storage

extension PersonSearchAnswer.Kind {
    fileprivate var requestName: String {
        switch self {
        case .amplitudeID: "match_amplitude_id"
        case .userOrDeviceID: "match_user_or_device_id"
        case .userPrefix: "match_user_prefix"
        case .nothing: "nomatch"
        }
    }
}

extension PersonSearchAnswer {
    /// The body of a 200. Source: Documentation/people.md P3.
    var json: String {
        var json = JSONWriter()
        json.raw("{\"matches\":")
        json.list(matches) { json, match in
            json.raw("{\"user_id\":")
            json.string(match.userID)
            json.key("amplitude_id")
            json.integer(match.amplitudeID.number)
            json.member("last_device_id", match.lastDeviceID)
            json.member("platform", match.platform)
            json.member("country", match.country)
            json.member("last_seen", match.lastSeen?.iso)
            json.raw("}")
        }
        json.member("type", kind.requestName)
        json.raw("}")
        return json.text
    }
}

extension PersonActivityAnswer {
    /// The body of a 200. Source: Documentation/people.md P5 to P7.
    ///
    func json(_ project: Project) -> String {
        var json = JSONWriter()
        json.raw("{\"userData\":")
        if let person { json.profile(person) } else { json.nobody() }
        json.raw(",\"events\":")
        json.list(events) { json, event in
            ExportRow(event, project: project.id, userCreatedAt: firstSeen[event.event.user])
                .write(to: &json, as: .userActivity(os: event.context.os))
        }
        json.raw("}")
        return json.text
    }
}

extension JSONWriter {
    /// Of somebody whom nobody knows: every field of a person, without anything in it.
    fileprivate mutating func nobody() {
        raw("{\"user_id\":\"\"")
        null("canonical_amplitude_id")
        raw(",\"merged_amplitude_ids\":[],\"num_events\":0,\"num_sessions\":0,\"usage_time\":0")
        null("first_used")
        null("last_used")
        raw(",\"purchases\":0,\"revenue\":0")
        for name in Self.contextNames {
            raw(",")
            string(name)
            raw(":\"\"")
        }
        raw(",\"device_ids\":[],\"last_device_id\":\"\"")
        null("last_location")
        raw(",\"properties\":{}}")
    }

    private static let contextNames = [
        "platform", "os", "version", "device", "device_type", "carrier", "country", "region", "city", "dma", "language",
        "start_version",
    ]

    fileprivate mutating func profile(_ person: PersonProfile) {
        let activity = person.activity
        raw("{\"user_id\":")
        string(person.userID)
        key("canonical_amplitude_id")
        integer(person.amplitudeID.number)
        key("merged_amplitude_ids")
        list(person.merged) { $0.integer($1.number) }
        key("num_events")
        integer(activity.events)
        key("num_sessions")
        integer(activity.sessions)
        key("usage_time")
        integer(activity.sessionMilliseconds)
        member("first_used", person.firstUsed?.iso)
        member("last_used", person.lastUsed?.iso)
        key("purchases")
        integer(activity.purchases)
        key("revenue")
        number(activity.revenue)
        context(person.context)
        key("device_ids")
        list(activity.devices) { $0.string($1) }
        member("last_device_id", activity.devices.first)
        key("last_location")
        if let location = activity.location {
            raw("{\"lat\":")
            number(location.latitude)
            key("lng")
            number(location.longitude)
            raw("}")
        } else {
            raw("null")
        }
        key("properties")
        object(person.properties)
        raw("}")
    }

    private mutating func context(_ context: EventContext) {
        // As queries have them: device and its type are both the model.
        let values = [
            context[.platform], context.os, context[.version], context[.deviceModel], context[.deviceModel],
            context[.carrier], context[.country], context[.region], context[.city], context[.dma], context[.language],
            context[.startVersion],
        ]
        for (name, value) in zip(Self.contextNames, values) {
            raw(",")
            string(name)
            raw(":")
            string(value)
        }
    }

    /// A row of events/list, its keys in the order of the recorded replies. Nothing is hidden but by hand, and no event type
    /// waits to be let in, so some flags never are true.
    mutating func listed(_ type: ListedEventType) {
        raw("{\"autohidden\":false")
        key("id")
        integer(type.id.number)
        member("value", type.name)
        member("display", type.settings.displayName ?? type.name)
        key("hidden")
        bool(type.settings.isHiddenFromDropdowns)
        key("deleted")
        bool(type.settings.isDeleted)
        key("flow_hidden")
        bool(type.settings.isHiddenFromPathfinder)
        key("timeline_hidden")
        bool(type.settings.isHiddenFromTimeline)
        key("non_active")
        bool(!type.settings.isActive)
        key("in_waitroom")
        bool(false)
        null("waitroom_approved")
        member("name", type.name)
        key("totals")
        integer(type.total)
        key("totals_delta")
        integer(type.total - type.totalWeekBefore)
        raw("}")
    }
}
