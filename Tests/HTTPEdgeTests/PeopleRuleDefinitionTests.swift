import EventModel
import QueryModel
import Testing

@testable import HTTPEdge

@Suite struct PeopleRuleDefinitionTests {
    private static let filters = [
        PropertyFilter(property: .event(ExactText("amount")), operator: .greater, values: [ExactText("10")]),
        PropertyFilter(
            property: .builtIn(.country),
            operator: .isNot,
            values: [ExactText("France"), ExactText("(none)")]
        ),
        PropertyFilter(property: .user(ExactText("country")), operator: .globMatch, values: [ExactText("a*")]),
    ]
    private static let own = [
        PropertyFilter(property: .user(ExactText("plan")), operator: .is, values: [ExactText("pro")])
    ]
    private static let buy = EventSelector(type: .named(ExactText("Buy \"it\"")), filters: filters)
    private static let view = EventSelector(type: .custom(ExactText("View")))
    private static let day = CalendarDate(year: 2026, month: 2, day: 28)!

    private static let windows: [RuleWindow] = [
        .ever, .between(DateRange(first: day, last: day.adding(days: 1))!), .since(day), .lastDays(30, before: 0),
        .lastDays(1, before: 3), .elapsed(days: 3650), .fromFirstUse(days: 7),
    ]

    private static let clauses: [PeopleRule.Clause] =
        windows.flatMap { window -> [PeopleRule.Clause] in
            [
                .didInOrder([buy, view, EventSelector(type: .revenue(.any))], window), .had(filters, window),
                .wasActive(window), .wasNew(window),
            ]
                + PerformedCondition.Comparison.allCases.flatMap { sign -> [PeopleRule.Clause] in
                    [
                        .did(buy, .count(NumberTest(sign, 0)), window),
                        .did(EventSelector(type: .anyActive), .countComparedTo(view, sign), window),
                        .did(EventSelector(type: .any), .sum(of: .revenue, NumberTest(sign, -2.5)), window),
                        .did(view, .sum(of: .event(ExactText("gp:x")), NumberTest(sign, 1e300)), window),
                        .did(view, .distinctValues(of: .user(ExactText("plan")), NumberTest(sign, 3)), window),
                        .did(view, .distinctValues(of: .builtIn(.deviceType), NumberTest(sign, 3)), window),
                    ]
                }
                + RuleInterval.allCases.map { .did(view, .intervals($0, NumberTest(.greater, 2)), window) }
                + (1...5).map { .did(buy, .nthTime($0), window) }
        } + [.has(own), .isIn(["abcd1234", "efgh5678"]), .isIn(["x"])]

    private static func text(_ rule: PeopleRule) -> String {
        var json = JSONWriter()
        json.definition(rule)
        return json.text
    }

    @Test("what is written down of a rule says that rule")
    func roundTrip() throws {
        for clause in Self.clauses {
            let rule = PeopleRule([PeopleRule.Group([clause])])
            #expect(try PeopleRule(kept: Self.text(rule)) == rule, "\(Self.text(rule))")
        }
        let whole = PeopleRule([
            PeopleRule.Group(Array(Self.clauses.prefix(20))),
            PeopleRule.Group(Array(Self.clauses.suffix(3)), isExclusion: true),
        ])
        #expect(try PeopleRule(kept: Self.text(whole)) == whole)
    }

    @Test("a definition as Amplitude was recorded to write it")
    func recorded() throws {
        let clause = """
            {"type":"event","type_value":"_active","group_by":[],"metric":null,"operator":">=","operator_value":1,\
            "time_type":"rolling","time_value":30,"offset":0,"interval":1,"exclude_current_interval":false}
            """
        let text = """
            {"version":3,"countGroup":{"name":"User","is_computed":false},"cohortType":"UNIQUES",\
            "andClauses":[{"negated":false,"orClauses":[\(clause)]}],"referenceFrameTimeParams":{},\
            "orClauses":[[\(clause)]]}
            """
        let rule = PeopleRule([
            PeopleRule.Group([
                .did(EventSelector(type: .anyActive), .count(NumberTest(.greaterOrEqual, 1)), .lastDays(30, before: 0))
            ])
        ])
        #expect(try PeopleRule(kept: text) == rule)
        let written = text.replacing("\"group_by\"", with: "\"filters\":[],\"group_by\"")
        #expect(Self.text(rule) == written)
        let yesterday = text.replacing("_interval\":false", with: "_interval\":true")
        let until = try PeopleRule(kept: yesterday).clauses[0].window
        #expect(until == .lastDays(30, before: 1), "without today")
    }

    /// A clause, and where and what is wrong with it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var clause: String
        var path: String
        var sentence: String

        init(_ clause: String, _ path: String, _ sentence: String) {
            (self.clause, self.path, self.sentence) = (clause, path, sentence)
        }

        var testDescription: String { clause }
    }

    private static let time = "\"time_type\":\"ever\""
    private static let times = "\"operator\":\">=\",\"operator_value\":1,\(time)"

    @Test(
        "what is not known, or cannot be, is refused by its path, with what is valid",
        arguments: [
            Mistake("3", "", "a clause, such as"), Mistake("{}", ".type", "\"event\", \"sequence\""),
            Mistake("{\"type\":\"retention\"}", ".type", "must be one of"),
            Mistake("{\"type\":\"event\",\(times)}", ".type_value", "the name of an event"),
            Mistake("{\"type\":\"event\",\"type_value\":\"_new\",\(times)}", ".type_value", "\"new_active\""),
            Mistake("{\"type\":\"event\",\"type_value\":\"A\",\"x\":1,\(times)}", ".x", "is not known here"),
            Mistake("{\"type\":\"event\",\"type_value\":\"A\",\"group_by\":[1],\(times)}", ".group_by", "must be []"),
            Mistake("{\"type\":\"event\",\"type_value\":\"A\",\(time)}", ".operator", "\">=\""),
            Mistake(
                "{\"type\":\"event\",\"type_value\":\"A\",\"operator\":\"~\",\(time)}",
                ".operator",
                "must be one of"
            ),
            Mistake(
                "{\"type\":\"event\",\"type_value\":\"A\",\"operator\":\">\",\(time)}",
                ".operator_value",
                "from 0"
            ),
            Mistake(
                "{\"type\":\"event\",\"type_value\":\"A\",\"operator\":\">\",\"operator_value\":1.5,\(time)}",
                ".operator_value",
                "a whole number"
            ),
            Mistake("{\"type\":\"event\",\"type_value\":\"A\",\"metric\":\"avg\",\(times)}", ".metric", "\"sum\""),
            Mistake("{\"type\":\"event\",\"type_value\":\"A\",\"metric\":\"sum\",\(times)}", ".property", "\"amount\""),
            Mistake(
                "{\"type\":\"event\",\"type_value\":\"A\",\"property\":{\"type\":\"event\",\"value\":\"x\"},\(times)}",
                ".property",
                "\"metric\":\"sum\""
            ),
            Mistake(
                "{\"type\":\"event\",\"type_value\":\"A\",\"metric\":\"sum\",\"property\":{\"type\":\"x\"},\(times)}",
                ".property",
                "\"user\" or \"revenue\""
            ),
            Mistake(
                "{\"type\":\"event\",\"type_value\":\"A\",\"metric\":\"historical\",\"operator_value\":6,\(time)}",
                ".operator_value",
                "from 1 to 5"
            ),
            Mistake(
                "{\"type\":\"event\",\"type_value\":\"A\",\"metric\":\"historical\",\(times)}",
                ".operator",
                "\"=\""
            ),
            Mistake(
                "{\"type\":\"event\",\"type_value\":\"A\",\"metric\":\"relative\",\"operator\":\">\",\(time)}",
                ".other",
                "another event"
            ),
            Mistake(
                "{\"type\":\"event\",\"type_value\":\"A\",\"metric\":\"intervals\",\(times)}",
                ".interval_unit",
                "\"day\", \"week\", \"month\""
            ),
            Mistake("{\"type\":\"event\",\"type_value\":\"A\",\"filters\":{},\(times)}", ".filters", "a list of tests"),
            Mistake(
                "{\"type\":\"event\",\"type_value\":\"A\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"a\","
                    + "\"subprop_op\":\"is\",\"subprop_value\":[\"1\"],\"y\":1}],\(times)}",
                ".filters[0].y",
                "takes subprop_type"
            ),
            Mistake(
                "{\"type\":\"event\",\"type_value\":\"A\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"a\","
                    + "\"subprop_op\":\"~\",\"subprop_value\":[\"1\"]}],\(times)}",
                ".filters[0]",
                "\"subprop_op\""
            ),
            Mistake("{\"type\":\"new_active\",\"type_value\":\"old\",\(time)}", ".type_value", "\"new\" or \"active\""),
            Mistake("{\"type\":\"new_active\",\"type_value\":\"new\"}", ".time_type", "\"rolling\""),
            Mistake("{\"type\":\"sequence\",\(time)}", ".events", "a list of events"),
            Mistake("{\"type\":\"sequence\",\"events\":[{\"event_type\":\"A\"}],\(time)}", ".events", "2 to 10"),
            Mistake(
                "{\"type\":\"sequence\",\"events\":[{\"event_type\":\"A\"},{}],\(time)}",
                ".events[1].event_type",
                "name"
            ),
            Mistake("{\"type\":\"property\",\"when\":\"any_time\",\(time)}", ".filters", "a list of tests"),
            Mistake(
                "{\"type\":\"property\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"a\",\"subprop_op\":\"is\","
                    + "\"subprop_value\":[\"1\"]}],\"when\":\"most_recently\"}",
                ".filters[0].subprop_type",
                "must be \"user\""
            ),
            Mistake(
                "{\"type\":\"property\",\"filters\":[{\"subprop_type\":\"user\",\"subprop_key\":\"a\",\"subprop_op\":\"is\","
                    + "\"subprop_value\":[\"1\"]}],\"when\":\"most_recently\",\(time)}",
                ".time_type",
                "is not known here"
            ),
            Mistake("{\"type\":\"cohort\"}", ".type_value", "a cohort's id"),
            Mistake("{\"type\":\"cohort\",\"type_value\":[3]}", ".type_value[0]", "a cohort's id"),
            Mistake("{\"type\":\"cohort\",\"type_value\":[]}", ".type_value", "1 to 100"),
            Mistake(
                "{\"type\":\"new_active\",\"type_value\":\"new\",\"time_type\":\"rolling\",\"time_value\":0}",
                ".time_value",
                "from 1 to 3650"
            ),
            Mistake(
                "{\"type\":\"new_active\",\"type_value\":\"new\",\"time_type\":\"rolling\",\"time_value\":7,\"interval\":7}",
                ".interval",
                "must be 1"
            ),
            Mistake(
                "{\"type\":\"new_active\",\"type_value\":\"new\",\"time_type\":\"rolling\",\"time_value\":7,\"offset\":-1}",
                ".offset",
                "from 0 to"
            ),
            Mistake(
                "{\"type\":\"new_active\",\"type_value\":\"new\",\"time_type\":\"since\",\"time_value\":\"2026-02-30\"}",
                ".time_value",
                "a day, such as"
            ),
            Mistake(
                "{\"type\":\"new_active\",\"type_value\":\"new\",\"time_type\":\"between\","
                    + "\"time_value\":[\"2026-02-02\",\"2026-02-01\"]}",
                ".time_value",
                "the first and the last day"
            ),
            Mistake(
                "{\"type\":\"new_active\",\"type_value\":\"new\",\"time_type\":\"since\",\"time_value\":\"2026-02-03\","
                    + "\"exclude_current_interval\":true}",
                ".exclude_current_interval",
                "left out"
            ),
            Mistake(
                "{\"type\":\"new_active\",\"type_value\":\"new\",\(time),\"time_value\":3}",
                ".time_value",
                "left out"
            ),
        ]
    )
    func mistakes(_ mistake: Mistake) {
        let place = "definition.andClauses[0].orClauses[0]\(mistake.path)"
        let text = "{\"andClauses\":[{\"orClauses\":[\(mistake.clause)]}]}"
        let error = #expect(throws: QueryParameterError.self) { try PeopleRule(kept: text) }
        #expect(error?.parameter == place)
        #expect(
            error?.message.contains(place) == true && error?.message.contains(mistake.sentence) == true,
            "\(error?.message ?? "")"
        )
    }

    @Test(
        "so is what is wrong around the clauses",
        arguments: [
            ("[]", "definition"), ("{", "definition"), ("{}", "definition.andClauses"),
            ("{\"andClauses\":[]}", "definition.andClauses"), ("{\"andClauses\":[3]}", "definition.andClauses[0]"),
            ("{\"andClauses\":[{}]}", "definition.andClauses[0].orClauses"),
            ("{\"andClauses\":[{\"orClauses\":[]}]}", "definition.andClauses[0].orClauses"),
            ("{\"andClauses\":[{\"x\":1}]}", "definition.andClauses[0].x"),
            ("{\"andClauses\":[{\"negated\":1,\"orClauses\":[{}]}]}", "definition.andClauses[0].negated"),
            ("{\"version\":2}", "definition.version"), ("{\"cohortType\":\"TOTALS\"}", "definition.cohortType"),
            ("{\"countGroup\":{\"name\":\"org\"}}", "definition.countGroup"), ("{\"rule\":1}", "definition.rule"),
            ("{\"referenceFrameTimeParams\":{\"x\":1}}", "definition.referenceFrameTimeParams"),
            (
                "{\"andClauses\":[{\"orClauses\":[{\"type\":\"cohort\",\"type_value\":\"a\"}]}],"
                    + "\"orClauses\":[[{\"type\":\"cohort\",\"type_value\":\"b\"}]]}",
                "definition.orClauses"
            ),
        ]
    )
    func frame(text: String, place: String) {
        let error = #expect(throws: QueryParameterError.self) { try PeopleRule(kept: text) }
        #expect(error?.parameter == place)
        #expect(error?.message.hasPrefix("\(place) ") == true, "\(error?.message ?? "")")
    }
}
