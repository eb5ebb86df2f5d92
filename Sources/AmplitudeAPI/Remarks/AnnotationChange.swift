import EventModel
import HTTPEdge
import Storage

/// What the body of a `POST` or `PUT` says of an annotation: `nil` is what was not sent, `.some(nil)` takes away.
/// Source: Documentation/remarks.md K2.
struct AnnotationChange {
    var label: String?
    var start: Timestamp?
    var end: Timestamp??
    var details: String??
    /// Its name.
    var category: String??
    var chart: String??

    static let mostBytes = 64 << 10
    private static let longest = 1024

    init(parsing body: [UInt8]) throws {
        self = try SentObject.read(body, example: "{\"label\":\"Campaign\",\"start\":\"2026-06-15T00:00:00Z\"}") {
            sent in
            try AnnotationChange(sent)
        }
    }

    private init(_ sent: SentObject) throws(Failure) {
        label = try Self.given(
            "label",
            "Campaign",
            try sent.text("label", characters: 1...Remark.mostLabelCharacters, example: "Campaign")
        )
        start = try Self.given("start", "2026-06-15T00:00:00Z", try sent.moment("start"))
        end = try sent.moment("end")
        details = try sent.text("details", characters: 0...Self.mostBytes, example: "On all channels")
        category = try sent.text("category", characters: 0...Self.longest, example: "Campaigns")
        chart = try sent.text("chart_id", characters: 0...Self.longest, example: "abcd1234")
    }

    /// Refuses null where there must be something.
    private static func given<Value>(_ name: String, _ example: String, _ sent: Value??) throws(Failure) -> Value? {
        guard let sent else { return nil }
        guard let value = sent else { throw .missing(name, example: "\"\(name)\":\"\(example)\"") }
        return value
    }

    /// A new annotation, without a number.
    func annotation(at now: Timestamp, _ categories: RemarkCategoryNames) throws(Failure) -> Remark {
        guard let label else { throw .missing("label", example: "\"label\":\"Campaign\"") }
        guard let start else { throw .missing("start", example: "\"start\":\"2026-06-15T00:00:00Z\"") }
        var remark = Remark(id: RemarkID(0), time: start, label: label, createdAt: now, changedAt: now)
        try apply(to: &remark, at: now, categories)
        return remark
    }

    func apply(to remark: inout Remark, at now: Timestamp, _ categories: RemarkCategoryNames) throws(Failure) {
        if let label { remark.label = label }
        if let start { remark.time = start }
        if let end { remark.end = end }
        if let details { remark.details = details }
        if let chart { remark.chart = chart.flatMap { $0.isEmpty ? nil : $0 } }
        if let category {
            if let category, !category.isEmpty {
                remark.category = try categories.number(of: category)
            } else {
                remark.category = .none
            }
        }
        if let end = remark.end, end < remark.time { throw .member("end", "must not lie before start.") }
        remark.changedAt = now
    }
}
