import EventModel
public import JSONTape
public import QueryModel

// A cohort's definition as Amplitude writes it, with clauses of ours where no recorded one is known. Whatever is not known is
// refused, so that no half of a definition is used. Source: Documentation/cohorts.md G6 to G8.

extension PeopleRule {
    /// Reads a definition that was kept.
    public init(kept definition: String) throws(QueryParameterError) {
        self = try withJSON(definition, "definition", Self.shape) { (json) throws(QueryParameterError) in
            try PeopleRule(definition: json)
        }
    }

    private static let shape =
        "an object, such as {\"andClauses\":[{\"negated\":false,\"orClauses\":[\(Clause.example)]}]}"

    public init(definition json: JSONValue) throws(QueryParameterError) {
        let object = try DefinitionObject(json, "definition", Self.shape)
        try object.allow([
            "version", "countGroup", "cohortType", "andClauses", "referenceFrameTimeParams", "orClauses",
        ])
        try Self.checkFrame(object)
        let shape = "a list of groups, such as [{\"negated\":false,\"orClauses\":[\(Clause.example)]}]"
        let groups = try object.list("andClauses", 1...Self.mostGroups, shape) {
            (json, path) throws(QueryParameterError) in try Group(json, path)
        }
        guard let groups else { throw object.malformed("andClauses", shape) }
        self.init(groups)
        let again = try object.list("orClauses", 0...Self.mostGroups, "a list of lists of clauses") {
            (json, path) throws(QueryParameterError) in
            var clauses: [Clause] = []
            for element in json.elements { clauses.append(try Clause(element, "\(path)[\(clauses.count)]")) }
            return clauses
        }
        guard again ?? [] == [] || again == groups.map(\.clauses) else {
            throw object.malformed("orClauses", "the clauses of andClauses once more, or be left out")
        }
    }

    /// What has but one value here.
    private static func checkFrame(_ object: DefinitionObject) throws(QueryParameterError) {
        if let version = object["version"], version.integer != 3 { throw object.malformed("version", "3") }
        if let type = object["cohortType"], type.string != "UNIQUES" {
            throw object.malformed("cohortType", "\"UNIQUES\"")
        }
        if let group = object["countGroup"] {
            guard group["name"]?.string == "User", group["is_computed"]?.bool ?? false == false else {
                throw object.malformed("countGroup", "{\"name\":\"User\",\"is_computed\":false}: there are users alone")
            }
        }
        if let frame = object["referenceFrameTimeParams"] {
            guard frame.kind == .object, !frame.members.contains(where: { _ in true }) else {
                throw object.malformed("referenceFrameTimeParams", "{}: each clause has a time of its own")
            }
        }
    }
}

extension PeopleRule.Group {
    fileprivate init(_ json: JSONValue, _ path: String) throws(QueryParameterError) {
        let shape = "a group, such as {\"negated\":false,\"orClauses\":[\(PeopleRule.Clause.example)]}"
        let object = try DefinitionObject(json, path, shape)
        try object.allow(["negated", "orClauses"])
        var isExclusion = false
        if let negated = object["negated"] {
            guard let flag = negated.bool else { throw object.malformed("negated", "true or false") }
            isExclusion = flag
        }
        let list = "a list of clauses, such as [\(PeopleRule.Clause.example)]"
        let clauses = try object.list("orClauses", 1...PeopleRule.mostClauses, list) {
            (json, path) throws(QueryParameterError) in try PeopleRule.Clause(json, path)
        }
        guard let clauses else { throw object.malformed("orClauses", list) }
        self.init(clauses, isExclusion: isExclusion)
    }
}

extension PeopleRule.Clause {
    static let example =
        "{\"type\":\"event\",\"type_value\":\"Purchase\",\"operator\":\">=\",\"operator_value\":1,"
        + "\"time_type\":\"rolling\",\"time_value\":30}"

    /// Raw value: its `type`.
    enum Kind: String, CaseIterable {
        case event, sequence, property
        case newOrActive = "new_active"
        case cohort
    }

    fileprivate init(_ json: JSONValue, _ path: String) throws(QueryParameterError) {
        let object = try DefinitionObject(json, path, "a clause, such as \(Self.example)")
        switch try object.choice("type", of: Kind.self) {
        case .event:
            try object.allow(Self.eventMembers + RuleWindow.definitionMembers)
            let name = try object.text("type_value", "the name of an event, such as \"Purchase\", or \"_active\"")
            let event = EventSelector(type: try object.eventType(name, "type_value"), filters: try object.filters())
            try object.checkNoGroups()
            self = .did(event, try PeopleRule.Measure(object), try RuleWindow(object))
        case .sequence:
            try object.allow(["type", "events"] + RuleWindow.definitionMembers)
            let shape = "a list of events in their order, such as [{\"event_type\":\"View\"},{\"event_type\":\"Buy\"}]"
            let events = try object.list("events", 2...PeopleRule.mostSteps, shape) {
                (json, path) throws(QueryParameterError) in try EventSelector(definition: json, path)
            }
            guard let events else { throw object.malformed("events", shape) }
            self = .didInOrder(events, try RuleWindow(object))
        case .property: try self.init(property: object)
        case .newOrActive:
            try object.allow(["type", "type_value"] + RuleWindow.definitionMembers)
            let window = try RuleWindow(object)
            switch object["type_value"]?.string {
            case "new": self = .wasNew(window)
            case "active": self = .wasActive(window)
            default: throw object.malformed("type_value", "\"new\" or \"active\"")
            }
        case .cohort:
            try object.allow(["type", "type_value"])
            let shape = "a cohort's id, or a list of ids, such as \"abcd1234\""
            if let id = object["type_value"]?.string {
                self = .isIn([id])
                return
            }
            let ids = try object.list("type_value", 1...100, shape) { (json, path) throws(QueryParameterError) in
                guard let id = json.string else { throw .malformed(path, "\(path) must be a cohort's id") }
                return id
            }
            guard let ids else { throw object.malformed("type_value", shape) }
            self = .isIn(ids)
        }
    }

    private static let eventMembers = [
        "type", "type_value", "filters", "group_by", "metric", "property", "other", "interval_unit", "operator",
        "operator_value",
    ]

    private init(property object: DefinitionObject) throws(QueryParameterError) {
        let filters = try object.filters()
        guard !filters.isEmpty else {
            throw object.malformed("filters", "a list of tests, such as [\(DefinitionObject.filterExample)]")
        }
        switch object["when"]?.string {
        case "most_recently":
            try object.allow(["type", "when", "filters"])
            for (index, filter) in filters.enumerated() {
                guard case .event = filter.property else { continue }
                throw .malformed(
                    "\(object.path).filters[\(index)].subprop_type",
                    "\(object.path).filters[\(index)].subprop_type must be \"user\" where \"when\" is \"most_recently\""
                )
            }
            self = .has(filters)
        case "any_time":
            try object.allow(["type", "when", "filters"] + RuleWindow.definitionMembers)
            self = .had(filters, try RuleWindow(object))
        default: throw object.malformed("when", "\"most_recently\" or \"any_time\"")
        }
    }
}

extension EventSelector {
    fileprivate init(definition json: JSONValue, _ path: String) throws(QueryParameterError) {
        let shape = "an event, such as {\"event_type\":\"Purchase\"}"
        let object = try DefinitionObject(json, path, shape)
        try object.allow(["event_type", "filters", "group_by"])
        try object.checkNoGroups()
        let name = try object.text("event_type", "the name of an event, such as \"Purchase\"")
        self.init(type: try object.eventType(name, "event_type"), filters: try object.filters())
    }
}

extension DefinitionObject {
    fileprivate func eventType(
        _ name: String,
        _ member: StaticString
    ) throws(QueryParameterError) -> EventSelector.EventType {
        let type = EventSelector.EventType(name)
        if case .firstEver = type {
            throw malformed(
                member,
                "another than _new: {\"type\":\"new_active\",\"type_value\":\"new\"} finds who is new"
            )
        }
        return type
    }

    fileprivate func checkNoGroups() throws(QueryParameterError) {
        guard let groups = self["group_by"] else { return }
        guard groups.kind == .array, !groups.elements.contains(where: { _ in true }) else {
            throw malformed("group_by", "[]: a cohort is not split")
        }
    }
}

extension PeopleRule.Measure {
    /// Raw value: its `metric`, of which null is a count.
    enum Kind: String, CaseIterable { case count, relative, sum, distinct, historical, intervals }

    fileprivate init(_ object: DefinitionObject) throws(QueryParameterError) {
        let kind: Kind = object["metric"] == nil ? .count : try object.choice("metric")
        try Self.check(object, kind)
        switch kind {
        case .count: self = .count(try NumberTest(whole: object))
        case .relative:
            let shape = "another event, such as {\"event_type\":\"Refund\"}"
            guard let other = object["other"] else { throw object.malformed("other", shape) }
            self = .countComparedTo(
                try EventSelector(definition: other, "\(object.path).other"),
                try object.choice("operator")
            )
        case .sum:
            let comparison: PerformedCondition.Comparison = try object.choice("operator")
            guard let value = object["operator_value"]?.double, value.isFinite else {
                throw object.malformed("operator_value", "a number, such as 100")
            }
            self = .sum(of: try object.property(), NumberTest(comparison, value))
        case .distinct: self = .distinctValues(of: try object.property(), try NumberTest(whole: object))
        case .historical:
            if let sign = object["operator"], sign.string != "=" {
                throw object.malformed("operator", "\"=\" where \"metric\" is \"historical\"")
            }
            self = .nthTime(
                try object.number("operator_value", 1...Int64(PeopleRule.mostTimes), example: 1)
            )
        case .intervals: self = .intervals(try object.choice("interval_unit"), try NumberTest(whole: object))
        }
    }

    /// Members that belong to other measures are refused.
    private static func check(_ object: DefinitionObject, _ kind: Kind) throws(QueryParameterError) {
        let needed: [(name: StaticString, kinds: [Kind])] = [
            ("property", [.sum, .distinct]), ("other", [.relative]), ("interval_unit", [.intervals]),
            ("operator_value", Kind.allCases.filter { $0 != .relative }),
        ]
        for (name, kinds) in needed where object[name] != nil && !kinds.contains(kind) {
            throw QueryParameterError(
                .unsupported,
                "\(object.path).\(name)",
                "\(object.path).\(name) says nothing where \"metric\" is \"\(kind.rawValue)\"; leave it out, or send"
                    + " \"metric\":\"\(kinds[0].rawValue)\""
            )
        }
    }
}

extension DefinitionObject {
    fileprivate func property() throws(QueryParameterError) -> PropertyReference {
        let shape = "like {\"type\":\"event\",\"value\":\"amount\"}; \"type\" is \"event\", \"user\" or \"revenue\""
        guard let json = self["property"] else { throw malformed("property", shape) }
        let object = try DefinitionObject(json, "\(path).property", shape)
        try object.allow(["type", "value"])
        if object["type"]?.string == "revenue", object["value"] == nil { return .revenue }
        guard let kind = object["type"]?.string, let name = object["value"]?.string, !name.isEmpty,
            let property = PropertyReference(kind: kind, name: name)
        else { throw malformed("property", shape) }
        return property
    }
}

extension NumberTest {
    /// Of how many there are.
    fileprivate init(whole object: DefinitionObject) throws(QueryParameterError) {
        self.init(
            try object.choice("operator"),
            Double(try object.number("operator_value", 0...1_000_000_000, example: 1))
        )
    }
}
