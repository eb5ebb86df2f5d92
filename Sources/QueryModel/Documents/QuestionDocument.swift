public import EventModel
private import Foundation

/// A question as it is kept: saved charts, boards, links and programs hold it, and it is asked anew each time. Its text is
/// JSON, and canonical: equal questions have equal texts. Source: Documentation/questions.md.
public struct QuestionDocument: Hashable, Sendable {
    /// Of the form of documents. What is of another one is refused, never guessed at.
    public static let version = 1

    public var range: QuestionRange
    /// Its range stands for ``range``, and means nothing.
    private var undated: Question

    static let noRange = ChartRange.days(
        DateRange(first: CalendarDate.chartable.lowerBound, last: CalendarDate.chartable.lowerBound)!
    )

    /// - Parameter range: instead of the question's own.
    public init(_ question: Question, over range: QuestionRange? = nil) {
        self.range = range ?? .fixed(question.documented.range)
        undated = question.over(Self.noRange)
    }

    /// More buckets than these nobody reads, and no axis holds.
    private static let mostBuckets = 5_000

    /// What is asked at a moment.
    ///
    /// - Parameters:
    ///   - zone: the project's, in which days begin.
    ///   - earliest: the time of the project's first event; `nil` if it has none.
    public func question(
        at now: Timestamp,
        in zone: ProjectTimeZone,
        earliest: Timestamp?
    ) throws(QuestionDocumentError) -> Question {
        guard let range = range.range(at: now, in: zone, earliest: earliest) else {
            let first = CalendarDate.chartable.lowerBound.iso
            throw QuestionDocumentError(
                .outOfRange,
                at: "range",
                "range begins before \(first), and no chart does; ask for less, such as {\"last\":\"30d\"}"
            )
        }
        let interval = undated.documented.interval
        guard range.leastBuckets(of: interval) <= Self.mostBuckets else {
            throw QuestionDocumentError(
                .outOfRange,
                at: "range",
                "range has more than \(Self.mostBuckets) buckets of one \(interval.rawValue), and that is the most; ask for"
                    + " a shorter range or a longer interval"
            )
        }
        return undated.over(range)
    }
}

extension ChartRange {
    /// At least so many buckets have a part of it, give or take those of a day whose clock changes.
    fileprivate func leastBuckets(of interval: Interval) -> Int {
        switch interval {
        case .minute: pieces(of: 60)
        case .fiveMinutes: pieces(of: 300)
        case .hour: pieces(of: 3600)
        case .day: pieces(of: 86_400)
        case .week: dayCount / 7
        case .month: dayCount / 31
        case .quarter: dayCount / 92
        case .year: dayCount / 366
        case .all: 1
        }
    }

    private func pieces(of seconds: Int) -> Int {
        switch self {
        case .days(let days): days.dayCount * (86_400 / seconds)
        case .times(let times): Int(times.end - times.start) / seconds
        }
    }
}

extension QuestionDocument: Codable {
    public init(from decoder: any Decoder) throws {
        let shape = "a JSON object, such as {\"version\":1,\"type\":\"users\",\"range\":{\"last\":\"30d\"}}"
        let object = try DocumentObject(decoder, shape)
        let version = try object.required("version", "the form of the document, \(Self.version)", as: Int.self)
        guard version == Self.version else {
            throw QuestionDocumentError(
                .unknown,
                at: object.path("version"),
                "\(object.path("version")) \(version) is not known here; this server reads \(Self.version)"
            )
        }
        let types = Question.types.map { $0.documentType }.joined(separator: ", ")
        let name = try object.required("type", "one of \(types)", as: String.self)
        guard let type = Question.types.first(where: { $0.documentType == name }) else {
            if Question.typesToCome.contains(name) {
                throw QuestionDocumentError(
                    .toCome,
                    at: object.path("type"),
                    "\(object.path("type")) \"\(name)\" is not built yet; one of \(types) can be asked"
                )
            }
            throw QuestionDocumentError(
                .unknown,
                at: object.path("type"),
                "\(object.path("type")) \"\(name)\" is not known here; it must be one of \(types)"
            )
        }
        try object.allow(["version", "type", "range"] + type.documentMembers)
        range = try object.required("range", QuestionRange.documentShape)
        undated = try type.init(object, Self.noRange).question
    }

    public func encode(to encoder: any Encoder) throws {
        let documented = undated.documented
        var writer = DocumentWriter(encoder)
        try writer.write("version", Self.version)
        try writer.write("type", type(of: documented).documentType)
        try writer.write("range", range)
        try documented.write(to: &writer)
    }
}

extension QuestionDocument {
    /// Reads a document's text.
    public init(json: String) throws(QuestionDocumentError) {
        do {
            self = try JSONDecoder().decode(QuestionDocument.self, from: Data(json.utf8))
        } catch let error as QuestionDocumentError {
            throw error
        } catch {
            throw QuestionDocumentError(.malformed, at: "", "a question must be JSON, and this is not")
        }
    }

    /// Without space, members in the order of their names.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("a document has nothing that JSON has not")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
