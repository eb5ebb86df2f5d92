import Foundation
import Testing

/// A request as a client sends it, written down in `Requests/*.http`: `POST /path`, headers, an empty line, the body.
///
/// Requests are separated by `###`, and lines before one that begin with `#` say whom it stands for. A form's body has a
/// line for each field, which is escaped here; `API_KEY` and `CHECKSUM` stand for what only a test knows.
struct RecordedRequest {
    var method: String
    var path: String
    var headers: [(name: String, value: String)]
    private var text: String

    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: String
    }

    static func all(in file: String) throws -> [RecordedRequest] {
        let url = Tools.sources.appending(path: "Requests/\(file).http")
        return try String(contentsOf: url, encoding: .utf8).components(separatedBy: "###\n").map { try Self($0) }
    }

    private init(_ text: String) throws {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.hasPrefix("#") }
        let first = (lines.popFirst() ?? "").split(separator: " ")
        try #require(first.count == 2)
        (method, path) = (String(first[0]), String(first[1]))
        headers = []
        while let line = lines.popFirst(), !line.isEmpty {
            let colon = try #require(line.firstIndex(of: ":"))
            headers.append((String(line[..<colon]), String(line[line.index(colon, offsetBy: 2)...])))
        }
        self.text = lines.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// The header's value; `nil` if it is not sent.
    subscript(header: String) -> String? { headers.first { $0.name == header }?.value }

    var isForm: Bool { self["Content-Type"]?.hasPrefix("application/x-www-form-urlencoded") == true }
    var isPreflight: Bool { method == "OPTIONS" }
    var eventCount: Int { text.matches(of: /"event_type":/).count }

    /// Sends exactly these headers, besides `Host` and `Content-Length`.
    func send(to server: ServerProcess, _ keys: ProjectKeys) async throws -> Answer {
        let folder = server.folder
        try Data(try await body(keys, in: folder).utf8).write(to: folder.url.appending(path: "body"))
        if self["Content-Encoding"] == "gzip" {
            _ = try await folder.bash("gzip -9 <body >packed && mv packed body")
        }
        // Those that curl would add are taken away, unless they are written down.
        let added = ["Accept", "User-Agent", "Content-Type", "Expect"].filter { self[$0] == nil }.map { "\($0):" }
        let lines = headers.map { "\($0.name): \($0.value)" } + added
        try Data(lines.joined(separator: "\n").utf8).write(to: folder.url.appending(path: "headers"))
        let data = text.isEmpty ? "" : "--data-binary @body"
        let answer = try await folder.bash(
            "curl -sS -m 20 -X \(method) -H @headers \(data) -D answer -w '\\n%{http_code}' '\(server.address)\(path)'"
        )
        try #require(answer.status == 0, "\(answer)")
        var parts = answer.output.components(separatedBy: "\n")
        let status = try #require(Int(parts.removeLast()))
        let head = try String(contentsOf: folder.url.appending(path: "answer"), encoding: .utf8)
        let answered = head.split(whereSeparator: \.isNewline).compactMap { line -> (String, String)? in
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts.count == 2 ? (parts[0].lowercased(), parts[1].trimmingCharacters(in: .whitespaces)) : nil
        }
        return Answer(
            status: status,
            headers: Dictionary(answered) { $1 },
            body: parts.joined(separator: "\n")
        )
    }

    private func body(_ keys: ProjectKeys, in folder: TestFolder) async throws -> String {
        let body = text.replacing("API_KEY", with: keys.apiKey)
        guard isForm else { return body }
        var fields = body.split(separator: "\n").map { line in
            let parts = line.split(separator: "=", maxSplits: 1)
            return (name: String(parts[0]), value: String(parts[1]))
        }
        if let checksum = fields.firstIndex(where: { $0.value == "CHECKSUM" }) {
            let signed = ["v", "client", "e", "upload_time"].compactMap { name in
                fields.first { $0.name == name }?.value
            }
            try Data(signed.joined().utf8).write(to: folder.url.appending(path: "signed"))
            fields[checksum].value = String(try await folder.bash("md5sum <signed").output.prefix(32))
        }
        // What browsers leave as it is in a part of a URL.
        let kept = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
        )
        return fields.map { "\($0.name)=\($0.value.addingPercentEncoding(withAllowedCharacters: kept) ?? "")" }
            .joined(separator: "&")
    }
}
