import EventModel
import HTTPEdge
import Storage

// What came against the tracking plan. Source: Documentation/taxonomy.md X13 to X15.

extension Endpoint {
    static let planFindings = Endpoint(
        .get,
        at: "/api/2/taxonomy/findings",
        "Properties whose values were not as the tracking plan says: how often, and when.",
        parameters: [
            Parameter(
                "kind",
                .choice(PlannedProperty.Kind.allCases.map(\.rawValue)),
                "Only of properties of events, users or groups.",
                example: "event"
            ),
            Parameter("event_type", .text, "Only those that came with this event type.", example: "Play"),
        ],
        access: .viewer
    ) { call in
        let project = try call.project
        let kind = try call.parameters.plannedKind
        let type = call.parameters.nonEmpty("event_type").map { ExactText($0) }
        return try await project.limits.taxonomy(cost: 1) {
            let findings = try await project.withRecord { try $0.planFindings() }
            let wanted = findings.listed.filter { finding in
                if let kind, finding.key.kind != kind { return false }
                return type == nil || finding.key.kind != .group && finding.key.owner == type
            }
            var json = JSONWriter()
            json.raw("{\"success\":true,\"data\":")
            json.list(wanted) { $0.finding($1) }
            json.key("not_listed")
            json.integer(findings.unlisted)
            json.raw("}")
            return .json(json)
        }
    }

    static let forgetPlanFindings = Endpoint(
        .delete,
        at: "/api/2/taxonomy/findings",
        "Forgets what came against the tracking plan, and begins to count anew.",
        access: .editor
    ) { call in
        let project = try call.project
        return try await project.limits.taxonomy(cost: 2) {
            try await project.withRecord { try $0.forgetPlanFindings() }
            return .json("{\"success\":true}")
        }
    }
}

extension SentParameters {
    fileprivate var plannedKind: PlannedProperty.Kind? {
        get throws(TaxonomyError) {
            guard let text = nonEmpty("kind") else { return nil }
            guard let kind = PlannedProperty.Kind(rawValue: text) else {
                throw .malformed("kind must be event, user or group, such as kind=event")
            }
            return kind
        }
    }
}

extension JSONWriter {
    fileprivate mutating func finding(_ finding: PlanFinding) {
        let key = finding.key
        raw("{\"")
        raw(key.kind == .group ? "group_type" : "event_type")
        raw("\":")
        string(key.owner.string)
        raw(",\"")
        raw(key.kind.field)
        raw("\":")
        string(key.kind.prefix + key.name.string)
        member("finding", key.problem.rawValue)
        member("received", finding.received.rawValue)
        self.key("count")
        integer(finding.count)
        member("first_seen", finding.first.iso8601)
        member("last_seen", finding.last.iso8601)
        raw("}")
    }
}
