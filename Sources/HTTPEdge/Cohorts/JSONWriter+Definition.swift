public import EventModel
public import QueryModel

extension JSONWriter {
    /// A cohort's definition, in the form in which Amplitude was recorded to send them. A list of people has no rule.
    public mutating func definition(_ rule: PeopleRule?) {
        raw("{\"version\":3,\"countGroup\":{\"name\":\"User\",\"is_computed\":false},\"cohortType\":\"UNIQUES\"")
        key("andClauses")
        list(rule?.groups ?? []) { json, group in
            json.raw("{\"negated\":")
            json.bool(group.isExclusion)
            json.key("orClauses")
            json.list(group.clauses) { $0.clause($1) }
            json.raw("}")
        }
        raw(",\"referenceFrameTimeParams\":{}")
        key("orClauses")
        list(rule?.groups ?? []) { json, group in json.list(group.clauses) { $0.clause($1) } }
        raw("}")
    }

    private mutating func clause(_ clause: PeopleRule.Clause) {
        switch clause {
        case .did(let event, let measure, _):
            begin(.event)
            member("type_value", event.type.requestName)
            filters(event.filters)
            raw(",\"group_by\":[]")
            self.measure(measure)
        case .didInOrder(let events, _):
            begin(.sequence)
            key("events")
            list(events) { $0.event($1) }
        case .has(let filters):
            begin(.property)
            member("when", "most_recently")
            self.filters(filters)
        case .had(let filters, _):
            begin(.property)
            member("when", "any_time")
            self.filters(filters)
        case .wasNew, .wasActive:
            begin(.newOrActive)
            if case .wasNew = clause { member("type_value", "new") } else { member("type_value", "active") }
        case .isIn(let ids):
            begin(.cohort)
            key("type_value")
            list(ids) { $0.string($1) }
        }
        if let window = clause.window { self.window(window) }
        raw("}")
    }

    private mutating func begin(_ kind: PeopleRule.Clause.Kind) {
        raw("{\"type\":")
        string(kind.rawValue)
    }

    private mutating func event(_ event: EventSelector) {
        raw("{\"event_type\":")
        string(event.type.requestName)
        filters(event.filters)
        raw("}")
    }

    private mutating func filters(_ filters: [PropertyFilter]) {
        key("filters")
        list(filters) { json, filter in
            let (kind, name) = filter.property.definitionName
            json.raw("{\"subprop_type\":")
            json.string(kind)
            json.member("subprop_key", name)
            json.member("subprop_op", filter.operator.requestName)
            json.key("subprop_value")
            json.list(filter.values) { $0.string($1.string) }
            json.raw("}")
        }
    }

    private mutating func measure(_ measure: PeopleRule.Measure) {
        switch measure {
        case .count(let test):
            null("metric")
            self.test(test)
        case .countComparedTo(let other, let comparison):
            metric(.relative)
            key("other")
            event(other)
            member("operator", comparison.rawValue)
        case .sum(let property, let test):
            metric(.sum)
            self.property(property)
            self.test(test)
        case .distinctValues(let property, let test):
            metric(.distinct)
            self.property(property)
            self.test(test)
        case .nthTime(let times):
            metric(.historical)
            test(NumberTest(.equal, Double(times)))
        case .intervals(let interval, let test):
            metric(.intervals)
            member("interval_unit", interval.rawValue)
            self.test(test)
        }
    }

    private mutating func metric(_ kind: PeopleRule.Measure.Kind) { member("metric", kind.rawValue) }

    private mutating func test(_ test: NumberTest) {
        member("operator", test.comparison.rawValue)
        key("operator_value")
        number(test.value)
    }

    private mutating func property(_ property: PropertyReference) {
        let (kind, name) = property.definitionName
        raw(",\"property\":{\"type\":")
        string(kind)
        if property != .revenue { member("value", name) }
        raw("}")
    }

    private mutating func window(_ window: RuleWindow) {
        let kind: RuleWindow.Kind =
            switch window {
            case .ever: .ever
            case .between: .between
            case .since: .since
            case .lastDays: .rolling
            case .elapsed: .elapsed
            case .fromFirstUse: .firstUse
            }
        member("time_type", kind.rawValue)
        switch window {
        case .ever: break
        case .between(let range):
            key("time_value")
            list([range.first, range.last]) { $0.string($1.iso) }
        case .since(let date): member("time_value", date.iso)
        case .elapsed(let days), .fromFirstUse(let days), .lastDays(let days, _):
            key("time_value")
            integer(days)
        }
        if case .lastDays(_, let before) = window {
            key("offset")
            integer(before)
            raw(",\"interval\":1,\"exclude_current_interval\":false")
        }
    }
}

extension PropertyReference {
    /// As `subprop_type` and `subprop_key` have it.
    fileprivate var definitionName: (kind: String, name: String) {
        switch self {
        case .event(let name): ("event", name.string)
        case .user(let name), .userOrEvent(let name): ("user", "gp:\(name.string)")
        case .builtIn(let property): ("user", property.requestName ?? property.rawValue)
        // Which definitions that are sent cannot name.
        case .context(let field): ("user", field.name)
        case .eventType: ("event", "event_type")
        case .revenue: ("revenue", "")
        }
    }
}

extension EventSelector.EventType {
    /// As `event_type` has it.
    fileprivate var requestName: String {
        switch self {
        case .named(let name): name.string
        case .anyActive: "_active"
        case .any, .anyRow: "_all"
        case .firstEver: "_new"
        case .revenue(let kind): kind.requestName ?? kind.rawValue
        case .custom(let name): "ce:\(name.string)"
        }
    }
}
