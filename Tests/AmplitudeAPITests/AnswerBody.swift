import Foundation
import HummingbirdTesting

/// A body of JSON, of which tests look at parts.
struct AnswerBody {
    private let root: Any

    init(_ body: String) throws {
        root = try JSONSerialization.jsonObject(with: Data(body.utf8), options: .fragmentsAllowed)
    }

    /// What stands at a path of keys and, for lists, indexes: as JSON with sorted keys, `nothing` if nothing is there.
    func at(_ path: String...) -> String { at(path) }

    func at(_ path: [String]) -> String {
        guard let value = value(path) else { return "nothing" }
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .fragmentsAllowed, .withoutEscapingSlashes]
        let data = try? JSONSerialization.data(withJSONObject: value, options: options)
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "nothing"
    }

    /// The keys of the object at a path, in code-point order.
    func keys(at path: String...) -> [String] { (value(path) as? [String: Any])?.keys.sorted() ?? [] }

    /// How many elements the list at a path has.
    func count(at path: String...) -> Int? { count(at: path) }

    func count(at path: [String]) -> Int? { (value(path) as? [Any])?.count }

    private func value(_ path: [String]) -> Any? {
        path.reduce(Optional(root)) { value, step in
            if let list = value as? [Any] { return Int(step).flatMap { list.indices.contains($0) ? list[$0] : nil } }
            return (value as? [String: Any])?[step]
        }
    }
}

extension TestClientProtocol {
    /// Asks the Dashboard API; values are escaped here.
    func ask(_ path: String, _ parameters: [(String, String)]) async throws -> (status: Int, body: String) {
        let query = parameters.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        }.joined(separator: "&")
        return try await get("/api/2/\(path)?\(query)")
    }

    /// The answer of a 200; of anything else what was refused.
    func answer(_ path: String, _ parameters: [(String, String)]) async throws -> AnswerBody {
        try AnswerBody(try await ask(path, parameters).body)
    }

    /// The sentence of a 400; of anything else, the status and the body.
    func refusal(_ path: String, _ parameters: [(String, String)]) async throws -> String {
        let (status, body) = try await ask(path, parameters)
        guard status == 400,
            let error = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: [String: Any]],
            let sentence = error["error"]?["message"] as? String
        else { return "\(status): \(body)" }
        return sentence
    }
}
