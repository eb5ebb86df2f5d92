import HTTPEdge

// Parameters that several endpoints take. Their parsers are in SharedParameters.swift.

extension Parameter {
    static let start = Parameter(
        "start",
        .day,
        "The first day, in the project's time zone; with THH behind it, in charts of less than a day, from that hour on.",
        example: "20240101",
        isRequired: true
    )

    static let end = Parameter(
        "end",
        .day,
        "The last day, which counts; with THH behind it, in charts of less than a day, up to that hour, which counts.",
        example: "20240131",
        isRequired: true
    )

    static let interval = Parameter(
        "i",
        .choice(["-300000", "-3600000", "1", "7", "30"]),
        "The width of a bucket: days, weeks or months; below a day, milliseconds negated.",
        standard: "1",
        example: "1"
    )

    static let calendarInterval = Parameter(
        "i",
        .choice(["1", "7", "30"]),
        "The width of a bucket: days, weeks or months.",
        standard: "1",
        example: "7"
    )

    static let segments = Parameter(
        "s",
        .json,
        "Conditions on people, all of which must hold: a segment. Sent again, a further segment.",
        example: "[{\"prop\":\"country\",\"op\":\"is\",\"values\":[\"France\"]}]",
        mayRepeat: true
    )

    /// Of what knows one segment alone: it may be sent twice to be told so.
    static let segment = Parameter(
        "s",
        .json,
        "Conditions on people, all of which must hold.",
        example: "[{\"prop\":\"country\",\"op\":\"is\",\"values\":[\"France\"]}]",
        mayRepeat: true
    )

    static let groupBy = Parameter(
        "g",
        .text,
        "A property to split the answer by: a user's, where gp:NAME is one of your own, or else the event's.",
        example: "country",
        mayRepeat: true
    )

    static let groupBy2 = Parameter("g2", .text, "A second property to split the answer by.", example: "gp:plan")

    static let limit = Parameter(
        "limit",
        .integer,
        "The most groups to answer with, from 1 to 1000.",
        standard: "100",
        example: "100"
    )

    static func event(_ name: String, _ sentence: String, mayRepeat: Bool = false) -> Parameter {
        Parameter(name, .json, sentence, example: "{\"event_type\":\"_active\"}", mayRepeat: mayRepeat)
    }

    static func drill(_ example: String) -> [Parameter] {
        [
            Parameter(
                "drill",
                .json,
                "A cell of the answer, by its place there: the answer is then the people whom it is made of.",
                example: example
            ),
            Parameter(
                "drillLimit",
                .integer,
                "With drill: the most people to answer with.",
                standard: "1000",
                example: "100"
            ),
            Parameter("drillAfter", .integer, "With drill: next of the page before.", example: "12345"),
        ]
    }
}
