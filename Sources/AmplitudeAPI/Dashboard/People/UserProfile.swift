import EventModel
import HTTPEdge
import QueryExecution
import Storage

extension Endpoint {
    /// Amplitude has it on a host of its own, with the secret key as `Authorization: Api-Key KEY`.
    /// Source: Documentation/people.md P10.
    static let userProfile = Endpoint(
        .get,
        at: "/v1/userprofile",
        "Properties and cohorts of a person, for an application to adapt to.",
        parameters: [
            Parameter("user_id", .text, "Who is meant.", example: "ann@example.com"),
            Parameter("device_id", .text, "Who is meant, if nobody has the user id.", example: "phone-1"),
            Parameter("get_amp_props", .flag, "Whether properties are told.", standard: "false", example: "true"),
            Parameter("get_cohort_ids", .flag, "Whether cohorts are told.", standard: "false", example: "true"),
            Parameter("get_recs", .flag, "Whether recommendations are told: there are none.", example: "false"),
            Parameter("get_computations", .flag, "Whether computations are told: there are none.", example: "false"),
        ],
        access: .viewer
    ) { call in
        let sent = call.parameters
        let (userID, deviceID) = (sent.nonEmpty("user_id"), sent.nonEmpty("device_id"))
        let (tellsProperties, tellsCohorts) = (sent.isTrue("get_amp_props"), sent.isTrue("get_cohort_ids"))
        _ = (sent["get_recs"], sent["get_computations"])
        guard userID != nil || deviceID != nil else {
            throw Failure(
                .malformed,
                "parameter_missing",
                "user_id or device_id is required, such as user_id=ann@example.com.",
                field: "user_id"
            )
        }
        let project = try call.project
        let person = try await project.people.profile(
            userID: userID,
            deviceID: deviceID,
            zone: project.project.timeZone
        )
        guard let person else {
            throw Failure(.malformed, "person_unknown", "User id and device id not seen before")
        }
        let cohorts = tellsCohorts ? try await project.cohorts(ofPersonWith: person.keys) : []
        var json = JSONWriter()
        json.raw("{\"userData\":{\"recommendations\":null")
        json.member("user_id", person.names.userID ?? userID)
        json.member("device_id", deviceID)
        json.key("amp_props")
        if tellsProperties { json.properties(of: person) } else { json.raw("null") }
        json.key("cohort_ids")
        if tellsCohorts { json.list(cohorts) { $0.string($1.string) } } else { json.raw("null") }
        json.raw("}}")
        return .json(json)
    }
}

extension JSONWriter {
    /// Built-in ones, when the person was seen first and last, and a project's own.
    fileprivate mutating func properties(of person: PersonNow) {
        var members: [PropertyMember] = []
        for field in ContextField.allCases {
            if let value = person.context[field] {
                members.append(PropertyMember(key: field.name, value: .string(value)))
            }
        }
        if let day = person.firstUsed { members.append(PropertyMember(key: "first_used", value: .string(day.iso))) }
        if let day = person.lastUsed { members.append(PropertyMember(key: "last_used", value: .string(day.iso))) }
        object(members + person.properties)
    }
}

extension Envelope {
    /// Of the User Profile API. Source: Documentation/people.md P10.
    static let userProfile = Envelope(
        "UserProfileError",
        schema: ["type": "object", "required": ["error"], "properties": ["error": ["type": "string"]]]
    ) { failure in
        var json = JSONWriter()
        json.raw("{\"error\":")
        json.string(failure.sentence)
        json.raw("}")
        return json.text
    }
}
