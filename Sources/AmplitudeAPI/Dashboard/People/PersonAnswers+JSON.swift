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
            json.integer(match.user.number)
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
    /// - Parameter asked: the number that was asked for, which is told back if nobody has it.
    func json(asked: Int64, project: Project) -> String {
        var json = JSONWriter()
        json.raw("{\"userData\":")
        if let person { json.profile(person) } else { json.nobody(asked) }
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
    /// What Amplitude says of a number that nobody has: fewer keys than of a person.
    fileprivate mutating func nobody(_ asked: Int64) {
        raw("{\"user_id\":null,\"canonical_amplitude_id\":")
        integer(asked)
        raw(",\"merged_amplitude_ids\":[],\"num_events\":0,\"num_sessions\":0,\"usage_time\":0,\"purchases\":0")
        raw(",\"revenue\":0,\"device_ids\":[],\"last_device_id\":null,\"last_location\":null}")
    }

    fileprivate mutating func profile(_ person: PersonProfile) {
        let activity = person.activity
        raw("{\"user_id\":")
        string(person.userID)
        key("canonical_amplitude_id")
        integer(person.user.number)
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
        member("platform", context[.platform])
        member("os", context.os)
        member("version", context[.version])
        // As queries have them: both are the model.
        member("device", context[.deviceModel])
        member("device_type", context[.deviceModel])
        member("carrier", context[.carrier])
        member("country", context[.country])
        member("region", context[.region])
        member("city", context[.city])
        member("dma", context[.dma])
        member("language", context[.language])
        member("start_version", context[.startVersion])
    }

    /// A row of events/list. Nothing is hidden but by hand, and no event type waits to be let in, so the last flags
    /// never are true.
    mutating func listed(_ type: ListedEventType) {
        raw("{\"id\":")
        integer(type.id.number)
        member("name", type.name)
        member("value", type.name)
        member("display", type.settings.displayName ?? type.name)
        key("totals")
        integer(type.total)
        key("totals_delta")
        integer(type.total - type.totalWeekBefore)
        key("non_active")
        bool(!type.settings.isActive)
        key("deleted")
        bool(type.settings.isDeleted)
        key("hidden")
        bool(type.settings.isHiddenFromDropdowns)
        key("flow_hidden")
        bool(type.settings.isHiddenFromPathfinder)
        key("autohidden")
        bool(false)
        key("clusters_hidden")
        bool(type.settings.isHiddenFromPersonaResults)
        key("timeline_hidden")
        bool(type.settings.isHiddenFromTimeline)
        key("in_waitroom")
        bool(false)
        raw("}")
    }
}
