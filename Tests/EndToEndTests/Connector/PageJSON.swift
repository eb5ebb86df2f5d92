import Foundation

/// Any JSON, looked into by paths such as `data.series.0`, where `*` is any member.
indirect enum PageJSON: Decodable, Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([PageJSON])
    case object([String: PageJSON])

    init?(_ body: Data) {
        guard let value = try? JSONDecoder().decode(PageJSON.self, from: body) else { return nil }
        self = value
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([PageJSON].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: PageJSON].self))
        }
    }

    /// What lies at a path; `nil` if there is nothing, not even null.
    func member(_ path: String) -> PageJSON? {
        var value: PageJSON? = self
        for part in path.split(separator: ".") {
            switch value {
            case .list(let list): value = Int(part).flatMap { list.indices.contains($0) ? list[$0] : nil }
            case .object(let object): value = part == "*" ? object.values.first : object[String(part)]
            default: return nil
            }
        }
        return value
    }

    var int: Int? { if case .number(let number) = self { Int(exactly: number) } else { nil } }

    /// As an answer's fields are called in the tests: `number`, `text`, `bool`, `list`, `object`, `null`.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .number: "number"
        case .text: "text"
        case .list: "list"
        case .object: "object"
        }
    }

    /// What it lacks of the fields that a page documents.
    ///
    /// - Parameter fields: such as `data.series.0.0 number, data.xValues.0 text`.
    func lacks(_ fields: String) -> [String] {
        fields.split(separator: ",").compactMap { field in
            let parts = field.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
            let found = member(parts[0])?.kind ?? "nothing"
            return found == parts[1] ? nil : "\(parts[0]) is \(found), not \(parts[1])"
        }
    }
}
