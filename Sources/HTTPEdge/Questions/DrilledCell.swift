public import JSONTape
public import QueryModel

/// A cell that a JSON object names by its place in the answer.
public protocol DrilledCell: Sendable {
    /// The object's members.
    static var parts: [String] { get }
    static var example: String { get }

    /// - Parameter parameter: names the place in errors.
    init(_ json: JSONValue, _ parameter: String) throws(QueryParameterError)

    var cell: AnswerCell { get }
}

extension Question {
    /// What cells of its answer are.
    public var cellType: any DrilledCell.Type {
        switch self {
        case .segmentation, .revenue, .users, .sessions, .composition, .lifecycle, .stickiness, .dataTable:
            SeriesCell.self
        case .funnel: FunnelCell.self
        case .retention: RetentionCell.self
        case .lifetimeValue: LifetimeValueCell.self
        }
    }
}

extension AnswerCell {
    /// Reads the place of a cell in the answer to a question.
    ///
    /// - Parameter parameter: names the place in errors.
    public init(_ json: JSONValue, of question: Question, _ parameter: String) throws(QueryParameterError) {
        let type = question.cellType
        guard json.kind == .object else { throw .malformed(parameter, "\(parameter) must be \(type.shape)") }
        for member in json.members where !type.parts.contains(member.key.string) {
            throw .malformed(
                parameter,
                "\"\(member.key.string)\" in \(parameter) is not known here; \(parameter) takes"
                    + " \(type.parts.map { "\"\($0)\"" }.joined(separator: ", ")), such as \(type.example)"
            )
        }
        self = try type.init(json, parameter).cell
    }
}

extension DrilledCell {
    /// Ends the sentence `… must be`.
    public static var shape: String { "a JSON object that names a cell of the answer, such as \(example)" }
}

extension SeriesCell: DrilledCell {
    public static var parts: [String] { ["series", "index"] }
    public static var example: String { "{\"series\":0,\"index\":3}" }

    public init(_ json: JSONValue, _ parameter: String) throws(QueryParameterError) {
        self.init(
            series: try json.required("series", Self.example, parameter),
            index: try json.place("index", Self.example, parameter)
        )
    }

    public var cell: AnswerCell { .series(self) }
}

extension FunnelCell: DrilledCell {
    public static var parts: [String] { ["series", "step", "day", "lost"] }
    public static var example: String { "{\"series\":0,\"step\":2}" }

    public init(_ json: JSONValue, _ parameter: String) throws(QueryParameterError) {
        var isLost = false
        if let lost = json["lost"], !lost.isNull {
            guard let value = lost.bool else {
                throw .malformed(
                    parameter,
                    "\"lost\" in \(parameter) must be true or false, such as {\"step\":2,\"lost\":true}"
                )
            }
            isLost = value
        }
        self.init(
            series: try json.required("series", Self.example, parameter),
            step: try json.required("step", Self.example, parameter),
            day: try json.place("day", Self.example, parameter),
            isLost: isLost
        )
    }

    public var cell: AnswerCell { .funnel(self) }
}

extension RetentionCell: DrilledCell {
    public static var parts: [String] { ["series", "row", "interval"] }
    public static var example: String { "{\"series\":0,\"row\":4,\"interval\":7}" }

    public init(_ json: JSONValue, _ parameter: String) throws(QueryParameterError) {
        self.init(
            series: try json.required("series", Self.example, parameter),
            row: try json.place("row", Self.example, parameter),
            interval: try json.place("interval", Self.example, parameter)
        )
    }

    public var cell: AnswerCell { .retention(self) }
}

extension LifetimeValueCell: DrilledCell {
    public static var parts: [String] { ["series", "row", "key"] }
    public static var example: String { "{\"series\":0,\"row\":4,\"key\":\"r7d\"}" }

    private static let keys: [(name: String, key: Key)] =
        LifetimeValueQuery.days.enumerated().map { ("r\($0.element)d", .age($0.offset)) } + [
            ("count", .people), ("paid", .payers), ("total_amount", .amount),
        ] + LifetimeValueQuery.newPayerDays.enumerated().map { ("r\($0.element)new", .newPayers($0.offset)) }

    public init(_ json: JSONValue, _ parameter: String) throws(QueryParameterError) {
        let name = json["key"]?.string
        guard let known = Self.keys.first(where: { $0.name == name }) else {
            throw .malformed(
                parameter,
                "\"key\" in \(parameter) must be a key of a row: count, paid, total_amount, r1d to"
                    + " r\(LifetimeValueQuery.days.count)d, or one such as r7new; such as \(Self.example)"
            )
        }
        self.init(
            series: try json.required("series", Self.example, parameter),
            row: try json.place("row", Self.example, parameter),
            key: known.key
        )
    }

    public var cell: AnswerCell { .lifetimeValue(self) }
}

extension JSONValue {
    /// A place counted from 0; `nil` if it is not there.
    fileprivate func place(
        _ name: StaticString,
        _ example: String,
        _ parameter: String
    ) throws(QueryParameterError) -> Int? {
        guard let json = self[name], !json.isNull else { return nil }
        guard let number = json.integer, number >= 0 else {
            throw .malformed(
                parameter,
                "\"\(name)\" in \(parameter) must be a whole number from 0 on, such as \(example)"
            )
        }
        return Int(number)
    }

    fileprivate func required(
        _ name: StaticString,
        _ example: String,
        _ parameter: String
    ) throws(QueryParameterError) -> Int {
        guard let number = try place(name, example, parameter) else {
            throw QueryParameterError(.missing, parameter, "\(parameter) needs \"\(name)\", such as \(example)")
        }
        return number
    }
}
