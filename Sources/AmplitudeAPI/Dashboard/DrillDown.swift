import EventModel
import HTTPEdge
import JSONTape
import QueryExecution
import QueryModel

/// Asks for the users of one cell of the answer, which `drill` names by its place there.
struct DrillDown<Cell: DrilledCell>: Sendable {
    /// The most users on one page.
    private static var mostUsers: Int { 10_000 }

    var cell: Cell
    /// Who was the last on the page before; `nil` for the first page.
    var after: AmplitudeID?
    /// The most users on the page.
    var limit: Int

    /// `nil` unless `drill` is sent.
    init?(parsing query: SentParameters) throws(QueryParameterError) {
        guard let text = query.nonEmpty("drill") else {
            for name in ["drillLimit", "drillAfter"] where query.nonEmpty(name) != nil {
                throw QueryParameterError(.missing, "drill", "\(name) needs drill, such as drill=\(Cell.example)")
            }
            return nil
        }
        let shape = "a JSON object that names a cell of the answer, such as \(Cell.example)"
        cell = try withJSON(text, "drill", shape) { (json) throws(QueryParameterError) in
            guard json.kind == .object else { throw .malformed("drill", "drill must be \(shape)") }
            for member in json.members where !Cell.parts.contains(member.key.string) {
                throw .malformed(
                    "drill",
                    "\"\(member.key.string)\" in drill is not known here; drill takes"
                        + " \(Cell.parts.map { "\"\($0)\"" }.joined(separator: ", ")), such as \(Cell.example)"
                )
            }
            return try Cell(json)
        }
        after = try query.number("drillAfter", 0...Int.max).map { AmplitudeID(Int64($0)) }
        limit = try query.number("drillLimit", 1...Self.mostUsers) ?? UserPage.first.limit
    }
}

extension HostedProject {
    /// The page that is asked for.
    func page(_ drill: DrillDown<some DrilledCell>) async throws -> UserPage {
        guard let after = drill.after else { return UserPage(after: nil, limit: drill.limit) }
        guard let user = try await people.user(after) else {
            throw QueryParameterError(
                .unknown,
                "drillAfter",
                "drillAfter must be next of the page before: nobody has the Amplitude ID \(after.number)"
            )
        }
        return UserPage(after: user, limit: drill.limit)
    }
}

/// A cell that a JSON object names by its place in the answer.
protocol DrilledCell: Sendable {
    /// The object's members.
    static var parts: [String] { get }
    static var example: String { get }
    init(_ json: JSONValue) throws(QueryParameterError)
}

extension SeriesCell: DrilledCell {
    static var parts: [String] { ["series", "index"] }
    static var example: String { "{\"series\":0,\"index\":3}" }

    init(_ json: JSONValue) throws(QueryParameterError) {
        self.init(series: try json.required("series", Self.example), index: try json.place("index", Self.example))
    }
}

extension FunnelCell: DrilledCell {
    static var parts: [String] { ["series", "step", "day", "lost"] }
    static var example: String { "{\"series\":0,\"step\":2}" }

    init(_ json: JSONValue) throws(QueryParameterError) {
        var isLost = false
        if let lost = json["lost"], !lost.isNull {
            guard let value = lost.bool else {
                throw .malformed("drill", "\"lost\" in drill must be true or false, such as {\"step\":2,\"lost\":true}")
            }
            isLost = value
        }
        self.init(
            series: try json.required("series", Self.example),
            step: try json.required("step", Self.example),
            day: try json.place("day", Self.example),
            isLost: isLost
        )
    }
}

extension RetentionCell: DrilledCell {
    static var parts: [String] { ["series", "row", "interval"] }
    static var example: String { "{\"series\":0,\"row\":4,\"interval\":7}" }

    init(_ json: JSONValue) throws(QueryParameterError) {
        self.init(
            series: try json.required("series", Self.example),
            row: try json.place("row", Self.example),
            interval: try json.place("interval", Self.example)
        )
    }
}

extension LifetimeValueCell: DrilledCell {
    static var parts: [String] { ["series", "row", "key"] }
    static var example: String { "{\"series\":0,\"row\":4,\"key\":\"r7d\"}" }

    private static let keys: [(name: String, key: Key)] =
        LifetimeValueQuery.days.enumerated().map { ("r\($0.element)d", .age($0.offset)) } + [
            ("count", .people), ("paid", .payers), ("total_amount", .amount),
        ] + LifetimeValueQuery.newPayerDays.enumerated().map { ("r\($0.element)new", .newPayers($0.offset)) }

    init(_ json: JSONValue) throws(QueryParameterError) {
        let name = json["key"]?.string
        guard let known = Self.keys.first(where: { $0.name == name }) else {
            throw .malformed(
                "drill",
                "\"key\" in drill must be a key of a row: count, paid, total_amount, r1d to"
                    + " r\(LifetimeValueQuery.days.count)d, or one such as r7new; such as \(Self.example)"
            )
        }
        self.init(
            series: try json.required("series", Self.example),
            row: try json.place("row", Self.example),
            key: known.key
        )
    }
}

extension JSONValue {
    /// A place counted from 0; `nil` if it is not there.
    fileprivate func place(_ name: StaticString, _ example: String) throws(QueryParameterError) -> Int? {
        guard let json = self[name], !json.isNull else { return nil }
        guard let number = json.integer, number >= 0 else {
            throw .malformed("drill", "\"\(name)\" in drill must be a whole number from 0 on, such as \(example)")
        }
        return Int(number)
    }

    fileprivate func required(_ name: StaticString, _ example: String) throws(QueryParameterError) -> Int {
        guard let number = try place(name, example) else {
            throw QueryParameterError(.missing, "drill", "drill needs \"\(name)\", such as \(example)")
        }
        return number
    }
}

extension SentParameters {
    fileprivate func number(_ name: String, _ valid: ClosedRange<Int>) throws(QueryParameterError) -> Int? {
        guard let text = nonEmpty(name) else { return nil }
        guard let number = Int(text), valid.contains(number) else {
            throw QueryParameterError(
                .outOfRange,
                name,
                "\(name) must be a whole number from \(valid.lowerBound) to \(valid.upperBound), such as \(name)=100"
            )
        }
        return number
    }
}
