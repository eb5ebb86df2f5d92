import EventModel
import QueryModel
import Testing

@testable import HTTPEdge

@Suite struct ConditionTextTests {
    private static func filter(
        _ property: PropertyReference,
        _ operation: PropertyFilter.Operator,
        _ values: String...
    ) -> PropertyFilter {
        PropertyFilter(property: property, operator: operation, values: values.map { ExactText($0) })
    }

    private static let country = PropertyReference.builtIn(.country)
    private static let price = PropertyReference.event(ExactText("price"))
    private static let plan = PropertyReference.user(ExactText("plan"))

    private static let read: [(text: String, filters: [PropertyFilter])] = [
        ("country in DE,AT", [filter(country, .is, "DE", "AT")]),
        ("  country   IN  DE , AT ", [filter(country, .is, "DE", "AT")]),
        ("country not in DE,AT", [filter(country, .isNot, "DE", "AT")]),
        ("gp:plan is free", [filter(plan, .is, "free")]), ("gp:plan is not free", [filter(plan, .isNot, "free")]),
        ("price > 5", [filter(price, .greater, "5")]), ("price>=5", [filter(price, .greaterOrEqual, "5")]),
        ("price<-5.5", [filter(price, .less, "-5.5")]), ("price <= 5", [filter(price, .lessOrEqual, "5")]),
        ("price=5", [filter(price, .is, "5")]), ("price != 5", [filter(price, .isNot, "5")]),
        ("price gte 5", [filter(price, .greaterOrEqual, "5")]),
        ("price greater or equal 5", [filter(price, .greaterOrEqual, "5")]),
        ("city is New York", [filter(.builtIn(.city), .is, "New York")]),
        ("city in New York, \"Paris, Texas\"", [filter(.builtIn(.city), .is, "New York", "Paris, Texas")]),
        (
            "title is \"Salt and \\\"Pepper\\\" \\\\\"",
            [
                filter(.event(ExactText("title")), .is, "Salt and \"Pepper\" \\")
            ]
        ),
        ("title is \"\"", [filter(.event(ExactText("title")), .is, "")]),
        ("title is Hello!", [filter(.event(ExactText("title")), .is, "Hello!")]),
        ("\"unit price\" > 5", [filter(.event(ExactText("unit price")), .greater, "5")]),
        ("gp:\"my plan\" is a", [filter(.user(ExactText("my plan")), .is, "a")]),
        ("event:country is DE", [filter(.event(ExactText("country")), .is, "DE")]),
        ("\"country\" is DE", [filter(.event(ExactText("country")), .is, "DE")]),
        ("gp:country is DE", [filter(.user(ExactText("country")), .is, "DE")]),
        ("title contains an", [filter(.event(ExactText("title")), .contains, "an")]),
        ("title does not contain an", [filter(.event(ExactText("title")), .doesNotContain, "an")]),
        ("title starts with A, B", [filter(.event(ExactText("title")), .startsWith, "A", "B")]),
        ("title glob match a*", [filter(.event(ExactText("title")), .globMatch, "a*")]),
        ("gp:plan is set", [filter(plan, .isNot, "(none)")]), ("gp:plan is not set", [filter(plan, .is, "(none)")]),
        ("gp:plan is \"set\"", [filter(plan, .is, "set")]), ("gp:plan is set menu", [filter(plan, .is, "set menu")]),
        ("tags set contains a, b", [filter(.event(ExactText("tags")), .setContains, "a", "b")]),
        (
            "country in DE and price > 5 AND gp:plan is set",
            [
                filter(country, .is, "DE"), filter(price, .greater, "5"), filter(plan, .isNot, "(none)"),
            ]
        ),
    ]

    @Test("what people write", arguments: read.indices)
    func conditions(index: Int) throws {
        let (text, filters) = Self.read[index]
        #expect(try ConditionText.filters(text, "where") == filters, "\(text)")
    }

    @Test(
        "mistakes are told with something that is right",
        arguments: [
            ("", "conditions with and between"), ("country", "behind country"), ("country in", "values"),
            ("country in DE,", "values"), ("country in ,DE", "values"), ("country DE", "is, is not, in"),
            ("unit price > 5", "quotation marks"), ("country in DE and", "conditions"), ("and", "conditions"),
            ("country in DE and and price > 5", "conditions"), ("> 5", "conditions"), ("price > > 5", "values"),
            ("city is \"New York", "not closed"), ("a is b=c", "quotation marks"),
        ]
    )
    func mistakes(text: String, part: String) {
        do throws(QueryParameterError) {
            let filters = try ConditionText.filters(text, "where")
            Issue.record("\(text) was read as \(filters)")
        } catch {
            #expect(error.parameter == "where" && error.message.contains(part), "\(text): \(error.message)")
            #expect(
                error.message.contains("where") && error.message.contains(text.contains("\"") ? "New York" : "country")
            )
        }
    }

    @Test("names with commas between")
    func list() throws {
        #expect(
            try ConditionText.list("Sign Up, \"A, B\",x=1", "events")
                == [ExactText("Sign Up"), ExactText("A, B"), ExactText("x=1")]
        )
        for wrong in ["", ",", "a,", "\"a"] {
            #expect(throws: QueryParameterError.self) { try ConditionText.list(wrong, "events") }
        }
    }
}
