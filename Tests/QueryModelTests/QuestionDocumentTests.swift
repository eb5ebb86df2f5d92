import EventModel
import QueryModel
import Testing

struct WrongDocument: Sendable, CustomTestStringConvertible {
    var json: String
    var code: QuestionDocumentError.Code
    var path: String
    /// Is in the sentence.
    var says: String
    var testDescription: String { "\(code) at \(path): \(json)" }

    init(_ json: String, _ code: QuestionDocumentError.Code, _ path: String, _ says: String) {
        self.json = json
        self.code = code
        self.path = path
        self.says = says
    }
}

/// A document of a type with these members, about the last 30 days.
private func document(_ type: String, _ members: String = "") -> String {
    "{\"version\":1,\"type\":\"\(type)\",\"range\":{\"last\":\"30d\"}\(members.isEmpty ? "" : ",")\(members)}"
}

private func segmentation(_ members: String) -> String { document("segmentation", members) }
private let play = "\"events\":[{\"event\":\"Play\"}]"
private let steps = "\"steps\":[{\"event\":\"Play\"},{\"event\":\"Stop\"}]"
private let twoSegments = "\"segments\":[{\"conditions\":[]},{\"conditions\":[]}]"

private func filters(_ filter: String) -> String {
    segmentation("\"events\":[{\"event\":\"Play\",\"filters\":[\(filter)]}]")
}

private func condition(_ condition: String) -> String {
    segmentation("\(play),\"segments\":[{\"conditions\":[]},{\"conditions\":[\(condition)]}]")
}

private func users(over range: String) -> String { "{\"version\":1,\"type\":\"users\",\"range\":\(range)}" }

@Suite struct QuestionDocumentTests {
    @Test("what is left out is as it would be anyway, and is not written")
    func standards() throws {
        let long = try QuestionDocument(
            json: segmentation(
                """
                "events":[{"groupBy":[],"filters":[],"event":"Play"}],"measure":{"kind":"uniques"},"population":"any",\
                "interval":"day","segments":[{"conditions":[]}],"groupBy":[],"limit":100,"rolling":null
                """
            )
        )
        let short = try QuestionDocument(json: segmentation(play))
        #expect(long == short)
        let text =
            "{\"events\":[{\"event\":\"Play\"}],\"range\":{\"last\":\"30d\"},\"type\":\"segmentation\",\"version\":1}"
        #expect(long.json == text)
        #expect(short.json == text)
    }

    @Test("names are told apart by code points, and kept as they are")
    func exactNames() throws {
        for name in ["Caf\u{E9}", "Cafe\u{301}", "a/b \\\"quoted\\\"", "événement 🎧", "event.event.x"] {
            let document = try QuestionDocument(
                json: segmentation("\"events\":[{\"event\":\"\(name)\",\"groupBy\":[\"event.\(name)\"]}]")
            )
            #expect(try QuestionDocument(json: document.json) == document)
            #expect(document.json.utf8.elementsEqual(try QuestionDocument(json: document.json).json.utf8))
        }
        let composed = try QuestionDocument(json: segmentation("\"events\":[{\"event\":\"Caf\u{E9}\"}]"))
        let decomposed = try QuestionDocument(json: segmentation("\"events\":[{\"event\":\"Cafe\u{301}\"}]"))
        #expect(composed != decomposed)
    }

    @Test("a built-in property is not a custom one of its name")
    func properties() {
        #expect(PropertyReference(documentName: "country") == .builtIn(.country))
        #expect(PropertyReference(documentName: "user.country") == .user(ExactText("country")))
        #expect(PropertyReference(documentName: "event.revenue") == .event(ExactText("revenue")))
        #expect(PropertyReference(documentName: "revenue") == .revenue)
        #expect(PropertyReference(documentName: "user.user.x") == .user(ExactText("user.x")))
        #expect(PropertyReference(documentName: "either.x") == .userOrEvent(ExactText("x")))
        #expect(PropertyReference.userOrEvent(ExactText("x")).documentName == "either.x")
        for name in ["", "event.", "user.", "event", "User.x", "gp:plan", "Country", "countryx"] {
            #expect(PropertyReference(documentName: name) == nil, "\(name)")
        }
    }

    @Test("what is asked moves with the day, and keeps all else")
    func moving() throws {
        let document = try QuestionDocument(json: document("users", "\"groupBy\":[\"platform\"]"))
        let zone = try #require(ProjectTimeZone(name: "America/New_York"))
        let midnight = try #require(Timestamp(iso8601: "2024-05-15T00:00:00Z"))
        guard case .users(let here) = try document.question(at: midnight, in: .utc, earliest: nil),
            case .users(let there) = try document.question(at: midnight, in: zone, earliest: nil)
        else {
            Issue.record("a question about users")
            return
        }
        #expect(here.range == .days(range("2024-04-16 2024-05-15")))
        #expect(there.range == .days(range("2024-04-15 2024-05-14")))
        #expect(here.groupBys == [.builtIn(.platform)] && here.limit == 1000)
        #expect(QuestionDocument(.users(here)) != document, "which day it was is not forgotten")
        #expect(QuestionDocument(.users(here), over: document.range) == document)
        #expect(QuestionDocument(.users(here)).range == .fixed(here.range))
    }

    @Test(
        "ranges that do not move",
        arguments: [
            "{\"end\":\"2024-03-02\",\"start\":\"2024-03-01\"}",
            "{\"end\":\"2024-03-02T17\",\"start\":\"2024-03-01T05\"}",
            "{\"end\":\"2024-03-02T00\",\"start\":\"2024-03-01\"}",
            "{\"before\":\"2024-03-01T10:01:00Z\",\"from\":\"2024-03-01T10:00:59Z\"}",
        ]
    )
    func fixed(range: String) throws {
        let document = try QuestionDocument(json: users(over: range))
        #expect(document.json == "{\"range\":\(range),\"type\":\"users\",\"version\":1}")
        let question = try document.question(at: now, in: .utc, earliest: nil)
        #expect(QuestionDocument(question) == document, "the same at any time")
    }

    @Test(
        "what has too many buckets, or begins too early, cannot be asked",
        arguments: [
            ("{\"last\":\"4d\"}", "minute"), ("{\"last\":\"84h\"}", "minute"), ("{\"last\":\"5001d\"}", "day"),
            ("{\"start\":\"1970-01-01\",\"end\":\"2069-12-31\"}", "week"), ("{\"last\":\"60y\"}", "all"),
        ]
    )
    func tooMuch(range: String, interval: String) throws {
        let json = "{\"version\":1,\"type\":\"users\",\"range\":\(range),\"interval\":\"\(interval)\"}"
        let document = try QuestionDocument(json: json)
        let error = #expect(throws: QuestionDocumentError.self) {
            _ = try document.question(at: now, in: .utc, earliest: nil)
        }
        #expect(error?.path == "range" && error?.code == .outOfRange)
    }

    @Test(
        "but not what just fits",
        arguments: [
            ("{\"last\":\"3d\"}", "minute"), ("{\"last\":\"83h\"}", "minute"), ("{\"last\":\"5000d\"}", "day"),
            ("{\"start\":\"1970-01-01\",\"end\":\"2105-12-31\"}", "month"), ("{\"last\":\"54y\"}", "all"),
        ]
    )
    func justEnough(range: String, interval: String) throws {
        let json = "{\"version\":1,\"type\":\"users\",\"range\":\(range),\"interval\":\"\(interval)\"}"
        guard case .users(let query) = try QuestionDocument(json: json).question(at: now, in: .utc, earliest: nil)
        else {
            Issue.record("a question about users")
            return
        }
        #expect(TimeAxis(query.range, query.interval, in: .utc).bucketCount <= 5000)
    }

    @Test(
        "mistakes have a place, and the sentence names it",
        arguments: [
            // The document.
            WrongDocument("", .malformed, "", "a question must be JSON"),
            WrongDocument("{", .malformed, "", "a question must be JSON"),
            WrongDocument("[]", .malformed, "", "a question must be a JSON object"),
            WrongDocument("\"users\"", .malformed, "", "a question must be a JSON object"),
            WrongDocument("{}", .missing, "version", "version is required"),
            WrongDocument("{\"version\":2}", .unknown, "version", "version 2 is not known here; this server reads 1"),
            WrongDocument("{\"version\":\"1\"}", .malformed, "version", "version must be"),
            WrongDocument("{\"version\":1}", .missing, "type", "type is required: one of segmentation, funnel"),
            WrongDocument("{\"version\":1,\"type\":\"pie\"}", .unknown, "type", "type \"pie\" is not known here"),
            WrongDocument("{\"version\":1,\"type\":\"users\"}", .missing, "range", "{\"last\":\"30d\"}"),
            WrongDocument(
                document("users", "\"chart\":1"),
                .unknown,
                "chart",
                "chart is not known here; a question takes"
            ),
            WrongDocument(
                document("users", "\"events\":[]"),
                .unknown,
                "events",
                "takes version, type, range, measure"
            ),
            WrongDocument(
                document("composition", "\"property\":\"os\",\"interval\":\"day\""),
                .unknown,
                "interval",
                "takes"
            ),
            // Ranges.
            WrongDocument(users(over: "\"30d\""), .malformed, "range", "range must be {\"start\""),
            WrongDocument(users(over: "{}"), .malformed, "range", "range must be"),
            WrongDocument(users(over: "{\"last\":\"30d\",\"named\":\"mtd\"}"), .malformed, "range", "range must be"),
            WrongDocument(
                users(over: "{\"start\":\"2024-01-01\",\"before\":\"2024-01-02\"}"),
                .malformed,
                "range",
                "or"
            ),
            WrongDocument(users(over: "{\"since\":\"2024-01-01\"}"), .unknown, "range.since", "range takes start, end"),
            WrongDocument(users(over: "{\"last\":30}"), .malformed, "range.last", "such as 24h, 30d"),
            WrongDocument(users(over: "{\"last\":\"0d\"}"), .malformed, "range.last", "such as 24h, 30d"),
            WrongDocument(users(over: "{\"last\":\"mtd\"}"), .malformed, "range.last", "such as 24h, 30d"),
            WrongDocument(
                users(over: "{\"named\":\"last_day\"}"),
                .malformed,
                "range.named",
                "one of today, yesterday"
            ),
            WrongDocument(users(over: "{\"start\":\"2024-01-01\"}"), .missing, "range.end", "such as 2026-11-30"),
            WrongDocument(
                users(over: "{\"start\":\"2024-01-02\",\"end\":\"2024-01-01\"}"),
                .outOfRange,
                "range.end",
                "must not come before start"
            ),
            WrongDocument(
                users(over: "{\"start\":\"20240102\",\"end\":\"2024-01-01\"}"),
                .malformed,
                "range.start",
                "a day of the years 1970 to 2105"
            ),
            WrongDocument(
                users(over: "{\"start\":\"2024-01-02T24\",\"end\":\"2024-01-03\"}"),
                .malformed,
                "range.start",
                "from T00 to T23"
            ),
            WrongDocument(
                users(over: "{\"from\":\"2024-01-02T10:00:00Z\",\"before\":\"2024-01-02T10:00:00Z\"}"),
                .outOfRange,
                "range.before",
                "must come after from"
            ),
            WrongDocument(
                users(over: "{\"from\":\"2024-01-02T10:00:00.5Z\",\"before\":\"2024-01-02T11:00:00Z\"}"),
                .malformed,
                "range.from",
                "whole seconds"
            ),
            WrongDocument(
                users(over: "{\"from\":\"0001-01-01T00:00:00+23:00\",\"before\":\"2024-01-02T11:00:00Z\"}"),
                .malformed,
                "range.from",
                "a moment"
            ),
            // The frame.
            WrongDocument(
                segmentation("\(play),\"interval\":\"fortnight\""),
                .malformed,
                "interval",
                "one of minute, five"
            ),
            WrongDocument(
                segmentation("\(play),\"interval\":1"),
                .malformed,
                "interval",
                "one of minute, five_minutes"
            ),
            WrongDocument(segmentation("\(play),\"limit\":0"), .outOfRange, "limit", "from 1 to 10000"),
            WrongDocument(segmentation("\(play),\"limit\":10001"), .outOfRange, "limit", "from 1 to 10000"),
            WrongDocument(segmentation("\(play),\"limit\":\"5\""), .malformed, "limit", "from 1 to 10000"),
            WrongDocument(segmentation("\(play),\"limit\":1.5"), .malformed, "limit", "a whole number"),
            WrongDocument(segmentation("\(play),\"segments\":[]"), .malformed, "segments", "one segment or more"),
            WrongDocument(segmentation("\(play),\"segments\":{}"), .malformed, "segments", "a list of segments"),
            WrongDocument(
                segmentation("\(play),\"groupBy\":\"country\""),
                .malformed,
                "groupBy",
                "such as [\"country\"]"
            ),
            WrongDocument(
                segmentation("\(play),\"groupBy\":[\"town\"]"),
                .malformed,
                "groupBy[0]",
                "event.NAME, user.NAME"
            ),
            WrongDocument(
                segmentation("\(play),\"groupBy\":[\"os\",7]"),
                .malformed,
                "groupBy[1]",
                "event.NAME, user.NAME"
            ),
            WrongDocument(
                segmentation("\(play),\"groupBy\":[\"os\",\"city\",\"os\"]"),
                .outOfRange,
                "groupBy",
                "2 properties"
            ),
            WrongDocument(
                segmentation("\(play),\"groupBy\":[\"os\"],\(twoSegments)"),
                .outOfRange,
                "groupBy",
                "splits a single segment"
            ),
            // Events and filters.
            WrongDocument(segmentation("\"limit\":1"), .missing, "events", "1 to 10 events"),
            WrongDocument(segmentation("\"events\":[]"), .outOfRange, "events", "1 to 10 events"),
            WrongDocument(
                segmentation("\"events\":[\"Play\"]"),
                .malformed,
                "events[0]",
                "such as {\"event\":\"Purchase\"}"
            ),
            WrongDocument(
                segmentation("\"events\":[{}]"),
                .malformed,
                "events[0]",
                "it has one of \"event\", \"custom\""
            ),
            WrongDocument(segmentation("\"events\":[{\"event\":\"\"}]"), .malformed, "events[0].event", "not empty"),
            WrongDocument(segmentation("\"events\":[{\"event\":7}]"), .malformed, "events[0].event", "a name"),
            WrongDocument(
                segmentation("\"events\":[{\"event\":\"Play\",\"any\":\"active\"}]"),
                .malformed,
                "events[0]",
                "it has one of"
            ),
            WrongDocument(
                segmentation("\"events\":[{\"any\":\"thing\"}]"),
                .malformed,
                "events[0].any",
                "one of event, active"
            ),
            WrongDocument(
                segmentation("\"events\":[{\"any\":\"first\"}]"),
                .malformed,
                "events[0]",
                "\"population\":\"new\""
            ),
            WrongDocument(
                segmentation("\"events\":[{\"event\":\"Play\",\"filter\":[]}]"),
                .unknown,
                "events[0].filter",
                "events[0] takes event, custom, any, filters, groupBy"
            ),
            WrongDocument(
                segmentation("\"events\":[{\"event\":\"Play\",\"groupBy\":[\"os\",\"city\",\"dma\"]}]"),
                .outOfRange,
                "events[0].groupBy",
                "two properties at most"
            ),
            WrongDocument(
                segmentation("\"events\":[{\"event\":\"Play\",\"groupBy\":[\"os\",\"city\"]}],\"groupBy\":[\"dma\"]"),
                .outOfRange,
                "groupBy",
                "that of events[0] may split"
            ),
            WrongDocument(filters("{}"), .missing, "events[0].filters[0].values", "is required"),
            WrongDocument(
                filters("{\"property\":\"os\",\"values\":[\"x\"]}"),
                .missing,
                "events[0].filters[0].op",
                "such as \"is\""
            ),
            WrongDocument(
                filters("{\"op\":\"is\",\"values\":[\"x\"]}"),
                .missing,
                "events[0].filters[0].property",
                "such as \"country\""
            ),
            WrongDocument(
                filters("{\"property\":\"os\",\"op\":\"is not\",\"values\":[\"x\"]}"),
                .malformed,
                "events[0].filters[0].op",
                "one of is, is_not"
            ),
            WrongDocument(
                filters("{\"property\":\"os\",\"op\":\"is\",\"values\":[]}"),
                .malformed,
                "events[0].filters[0].values",
                "a list of texts"
            ),
            WrongDocument(
                filters("{\"property\":\"os\",\"op\":\"is\",\"values\":[10]}"),
                .malformed,
                "events[0].filters[0].values",
                "a list of texts"
            ),
            WrongDocument(
                filters("{\"property\":\"os\",\"op\":\"is\",\"value\":[\"x\"]}"),
                .unknown,
                "events[0].filters[0].value",
                "takes property, op, values"
            ),
            // Segments.
            WrongDocument(
                segmentation("\(play),\"segments\":[{\"condition\":[]}]"),
                .unknown,
                "segments[0].condition",
                "segments[0] takes name, conditions"
            ),
            WrongDocument(condition("{}"), .malformed, "segments[1].conditions[0]", "one of \"property\", \"cohort\""),
            WrongDocument(condition("7"), .malformed, "segments[1].conditions[0]", "a condition"),
            WrongDocument(
                condition("{\"cohort\":\"a\",\"property\":\"os\"}"),
                .malformed,
                "segments[1].conditions[0]",
                "one of"
            ),
            WrongDocument(condition("{\"cohort\":[]}"), .malformed, "segments[1].conditions[0].cohort", "the id"),
            WrongDocument(condition("{\"cohort\":7}"), .malformed, "segments[1].conditions[0].cohort", "the id"),
            WrongDocument(
                condition("{\"cohort\":\"a\",\"in\":\"yes\"}"),
                .malformed,
                "segments[1].conditions[0].in",
                "true or false"
            ),
            WrongDocument(
                condition("{\"property\":\"os\",\"op\":\"is\",\"values\":[\"x\"],\"in\":true}"),
                .unknown,
                "segments[1].conditions[0].in",
                "takes property, op, values"
            ),
            WrongDocument(
                condition("{\"performed\":{\"event\":\"Play\"},\"op\":\">=\",\"window\":\"ever\"}"),
                .missing,
                "segments[1].conditions[0].count",
                "how often"
            ),
            WrongDocument(
                condition("{\"performed\":{\"event\":\"Play\"},\"count\":1,\"window\":\"ever\"}"),
                .missing,
                "segments[1].conditions[0].op",
                "\">=\""
            ),
            WrongDocument(
                condition("{\"performed\":{\"event\":\"Play\"},\"op\":\">=\",\"count\":-1,\"window\":\"ever\"}"),
                .outOfRange,
                "segments[1].conditions[0].count",
                "from 0"
            ),
            WrongDocument(
                condition("{\"performed\":{\"event\":\"Play\"},\"op\":\">=\",\"count\":1,\"window\":\"always\"}"),
                .malformed,
                "segments[1].conditions[0].window",
                "{\"days\":30}, \"bucket\" or \"ever\""
            ),
            WrongDocument(
                condition("{\"performed\":{\"event\":\"Play\"},\"op\":\">=\",\"count\":1,\"window\":{\"days\":0}}"),
                .outOfRange,
                "segments[1].conditions[0].window",
                "from 1 to 3650"
            ),
            WrongDocument(
                condition("{\"performed\":{\"any\":\"first\"},\"op\":\">=\",\"count\":1,\"window\":\"ever\"}"),
                .malformed,
                "segments[1].conditions[0].performed",
                "not everybody's first"
            ),
            WrongDocument(
                condition(
                    "{\"performed\":{\"event\":\"a\",\"groupBy\":[\"os\"]},\"op\":\">=\",\"count\":1,\"window\":\"ever\"}"
                ),
                .unknown,
                "segments[1].conditions[0].performed.groupBy",
                "leave it out"
            ),
            // Measures.
            WrongDocument(
                segmentation("\(play),\"measure\":\"uniques\""),
                .malformed,
                "measure",
                "{\"kind\":\"uniques\"}"
            ),
            WrongDocument(segmentation("\(play),\"measure\":{}"), .missing, "measure.kind", "one of uniques, totals"),
            WrongDocument(
                segmentation("\(play),\"measure\":{\"kind\":\"uniq\"}"),
                .malformed,
                "measure.kind",
                "value_average, formulas"
            ),
            WrongDocument(
                segmentation("\(play),\"measure\":{\"kind\":\"totals\",\"formulas\":[]}"),
                .unknown,
                "measure.formulas",
                "measure takes kind"
            ),
            WrongDocument(
                segmentation("\(play),\"measure\":{\"kind\":\"sum\"}"),
                .missing,
                "events[0].groupBy",
                "[\"event.price\"]"
            ),
            WrongDocument(
                segmentation("\(play),\"measure\":{\"kind\":\"formulas\"}"),
                .missing,
                "measure.formulas",
                "1 to 10 formulas"
            ),
            WrongDocument(
                segmentation("\(play),\"measure\":{\"kind\":\"formulas\",\"formulas\":[]}"),
                .outOfRange,
                "measure.formulas",
                "1 to 10 formulas"
            ),
            WrongDocument(
                segmentation("\(play),\"measure\":{\"kind\":\"formulas\",\"formulas\":[\"UNIQUES(A)\",\"UNIQUES(\"]}"),
                .outOfRange,
                "measure.formulas[1]",
                "cannot be read"
            ),
            WrongDocument(
                segmentation("\(play),\"measure\":{\"kind\":\"formulas\",\"formulas\":[\"UNIQUES(A);TOTALS(A)\"]}"),
                .malformed,
                "measure.formulas[0]",
                "one formula"
            ),
            WrongDocument(
                segmentation("\(play),\"measure\":{\"kind\":\"formulas\",\"formulas\":[\"HIST(A)\"]}"),
                .malformed,
                "measure.formulas[0]",
                "frequency_histogram"
            ),
            WrongDocument(
                segmentation("\(play),\"measure\":{\"kind\":\"formulas\",\"formulas\":[\"UNIQUES(B)\"]}"),
                .outOfRange,
                "measure.formulas[0]",
                "names B, but there are 1 events"
            ),
            WrongDocument(
                segmentation("\(play),\"measure\":{\"kind\":\"formulas\",\"formulas\":[\"UNIQUES(A2)\"]}"),
                .outOfRange,
                "measure.formulas[0]",
                "but there are 1 segments"
            ),
            WrongDocument(
                segmentation("\(play),\"measure\":{\"kind\":\"formulas\",\"formulas\":[\"PROPSUM(A)\"]}"),
                .missing,
                "events[0].groupBy",
                "[\"event.price\"]"
            ),
            WrongDocument(segmentation("\(play),\"population\":\"old\""), .malformed, "population", "any, active, new"),
            WrongDocument(segmentation("\(play),\"rolling\":{}"), .malformed, "rolling", "{\"window\":7} or"),
            WrongDocument(
                segmentation("\(play),\"rolling\":{\"window\":7,\"average\":7}"),
                .malformed,
                "rolling",
                "{\"window\":7} or"
            ),
            WrongDocument(
                segmentation("\(play),\"rolling\":{\"window\":91}"),
                .outOfRange,
                "rolling.window",
                "from 1 to 90"
            ),
            WrongDocument(
                document("users", "\"measure\":{\"kind\":\"old\"}"),
                .malformed,
                "measure.kind",
                "active, new"
            ),
            WrongDocument(
                document("revenue", "\"measure\":{\"kind\":\"arpu\"}"),
                .malformed,
                "measure.kind",
                "total, paying"
            ),
            WrongDocument(
                document("lifetime_value", "\"measure\":{}"),
                .missing,
                "measure.kind",
                "such as \"per_person\""
            ),
            WrongDocument(
                document("lifetime_value", "\"groupBy\":[\"os\",\"city\"]"),
                .outOfRange,
                "groupBy",
                "one property at most"
            ),
            // Funnels.
            WrongDocument(document("funnel"), .missing, "steps", "2 to 32 events"),
            WrongDocument(
                document("funnel", "\"steps\":[{\"event\":\"Play\"}]"),
                .outOfRange,
                "steps",
                "2 to 32 events"
            ),
            WrongDocument(
                document("funnel", "\"steps\":[{\"event\":\"Play\"},{\"any\":\"first\"}]"),
                .malformed,
                "steps[1]",
                "newPeople"
            ),
            WrongDocument(
                document("funnel", "\(steps),\"order\":\"any\""),
                .malformed,
                "order",
                "ordered, unordered, seq"
            ),
            WrongDocument(
                document("funnel", "\(steps),\"windowSeconds\":0"),
                .outOfRange,
                "windowSeconds",
                "such as 86400"
            ),
            WrongDocument(
                document("funnel", "\(steps),\"windowSeconds\":315360001"),
                .outOfRange,
                "windowSeconds",
                "to 315360000"
            ),
            WrongDocument(document("funnel", "\(steps),\"newPeople\":1"), .malformed, "newPeople", "true or false"),
            WrongDocument(
                document(
                    "funnel",
                    "\"steps\":[{\"event\":\"a\",\"groupBy\":[\"os\"]},{\"event\":\"b\"}],\"groupBy\":[\"os\",\"city\"]"
                ),
                .outOfRange,
                "groupBy",
                "by two properties at most"
            ),
            // Retention.
            WrongDocument(document("retention", "\"return\":{\"event\":\"Play\"}"), .missing, "start", "an event"),
            WrongDocument(document("retention", "\"start\":{\"event\":\"Play\"}"), .missing, "return", "an event"),
            WrongDocument(
                document("retention", "\"start\":{\"any\":\"first\"},\"return\":{\"any\":\"first\"}"),
                .malformed,
                "return",
                "nobody is new a second time"
            ),
            WrongDocument(
                document("retention", "\"start\":{\"event\":\"a\",\"groupBy\":[\"os\"]},\"return\":{\"event\":\"b\"}"),
                .outOfRange,
                "start",
                "takes no groupBy"
            ),
            WrongDocument(retention("\"interval\":\"hour\""), .malformed, "interval", "one of day, week, month"),
            WrongDocument(retention("\"mode\":\"n-day\""), .malformed, "mode", "\"n_day\", \"rolling\" or"),
            WrongDocument(retention("\"mode\":{\"brackets\":[]}"), .malformed, "mode.brackets", "[[0,1],[1,7]]"),
            WrongDocument(retention("\"mode\":{\"brackets\":[[1,1]]}"), .malformed, "mode.brackets", "[[0,1],[1,7]]"),
            WrongDocument(retention("\"mode\":{\"brackets\":[[0,1,2]]}"), .malformed, "mode.brackets", "[[0,1],[1,7]]"),
            WrongDocument(
                retention("\"mode\":{\"brackets\":[[0,3651]]}"),
                .malformed,
                "mode.brackets",
                "[[0,1],[1,7]]"
            ),
            // Sessions and composition.
            WrongDocument(document("sessions"), .missing, "measure", "{\"kind\":\"average_length\"}"),
            WrongDocument(
                document("sessions", "\"measure\":{\"kind\":\"per_person\",\"bins\":{}}"),
                .unknown,
                "measure.bins",
                "measure takes kind"
            ),
            WrongDocument(
                document("sessions", "\"measure\":{\"kind\":\"lengths\",\"bins\":{\"fromMs\":0,\"toMs\":10}}"),
                .missing,
                "measure.bins.widthMs",
                "milliseconds"
            ),
            WrongDocument(
                document(
                    "sessions",
                    "\"measure\":{\"kind\":\"lengths\",\"bins\":{\"fromMs\":0,\"toMs\":1001,\"widthMs\":1}}"
                ),
                .malformed,
                "measure.bins",
                "1000 bins at most"
            ),
            WrongDocument(document("composition"), .missing, "property", "such as \"version\""),
            WrongDocument(document("composition", "\"property\":\"gp:plan\""), .malformed, "property", "user.NAME"),
            WrongDocument(document("composition", "\"property\":\"os\",\"and\":1"), .malformed, "and", "user.NAME"),
            WrongDocument(
                document("composition", "\"property\":\"os\",\"segment\":[]"),
                .malformed,
                "segment",
                "{\"conditions\":[]} for everybody"
            ),
        ]
    )
    func mistakes(_ wrong: WrongDocument) {
        let error = #expect(throws: QuestionDocumentError.self) { try QuestionDocument(json: wrong.json) }
        #expect(error?.code == wrong.code)
        #expect(error?.path == wrong.path)
        #expect(error?.message.contains(wrong.says) == true, "\(error?.message ?? "")")
        #expect(error?.message.hasPrefix(wrong.path.isEmpty ? "a question" : wrong.path) == true)
    }
}

private func retention(_ members: String) -> String {
    document("retention", "\"start\":{\"event\":\"a\"},\"return\":{\"event\":\"b\"},\(members)")
}
