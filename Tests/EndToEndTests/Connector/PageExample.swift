import Foundation
import Testing

/// A request as Amplitude's page about the Dashboard REST API writes it, letter by letter, before host, keys and ids are
/// filled in.
struct PageExample: Sendable, CustomTestStringConvertible {
    enum Form: Sendable {
        /// For a shell.
        case curl
        /// Lines of a request.
        case http
        /// For the package `requests`.
        case python
    }

    /// What must be another than it is on the page, so that it can be asked at all.
    struct Deviation: Sendable {
        var from: String
        var to: String
        var why: String
    }

    /// What it needs was not to be had.
    struct Unusable: Error, CustomStringConvertible {
        var description: String
    }

    var name: String
    var form: Form
    var text: String
    /// Ids of the page, by whose Amplitude ID here stands for each: a user or device id.
    var ids: [String: String] = [:]
    var deviations: [Deviation] = []
    /// The status of the text without its deviations; `nil` where that cannot be known, as no shell or server reads it.
    var statusAsWritten: Int?
    /// Fields that the page says the answer has.
    var fields: String
    /// What the answer must be, by path.
    var values: [String: PageJSON] = [:]

    var testDescription: String { name }

    /// The text with host, keys and ids.
    func filled(_ project: PageProject, deviating: Bool = true) async throws -> String {
        var text = text
        if deviating {
            for deviation in deviations {
                try #require(text.contains(deviation.from), "\(name) has no \(deviation.from)")
                text.replace(deviation.from, with: deviation.to)
            }
        }
        for (id, person) in ids {
            try #require(text.contains("user=\(id)"), "\(name) has no \(id)")
            text.replace("user=\(id)", with: "user=\(try await project.amplitudeID(of: person))")
        }
        if text.contains(":chart_id") { text.replace(":chart_id", with: try await project.savedChart()) }
        text.replace("https://amplitude.com", with: project.server.address)
        text.replace("Host: amplitude.com", with: "Host: \(project.server.address.dropFirst("http://".count))")
        text.replace("{{api-key}}:{{secret-key}}", with: project.credentials)
        // One key a page, in base64 already.
        text.replace("MTIzNDU2NzgwOTA3MDYwNjoxMjM0NTY3ODkwMTAxMTExMQ==", with: project.credentials)
        return text
    }

    /// Sends the filled text.
    func send(_ text: String, to server: ServerProcess) async throws -> HTTPAnswer {
        switch form {
        case .http:
            // A page's comment behind a header is for people.
            let lines = text.split(separator: "\n").map { $0.replacing(/\s+#\s?credentials.*$/, with: "") }
            let connection = try await RawConnection.open(server.address)
            let answer = try await connection.ask(lines.joined(separator: "\r\n") + "\r\n\r\n")
            await connection.close()
            return HTTPAnswer(status: answer.status, body: Data(answer.body))
        case .curl:
            // The shell's curl, which writes the status under the answer.
            let script = "curl() { command curl --silent --max-time 60 --write-out '\\n%{http_code}' \"$@\"; }\n" + text
            return try await Self.answer(of: server.folder.shell(script))
        case .python:
            let status = "\nprint(response.status_code)\n"
            let python = try #require(ReadingClient.all.first { $0.name == "pyamplitude" }).python()
            let finished = try await ChildProcess(python, ["-c", text + status], in: server.folder.url).finish()
            return try Self.answer(of: finished)
        }
    }

    /// The last line is the status.
    private static func answer(of finished: FinishedProcess) throws -> HTTPAnswer {
        let output = finished.output.trimmingCharacters(in: .newlines)
        let end = try #require(output.lastIndex(of: "\n"), "\(finished)")
        let status = try #require(Int(output[output.index(after: end)...]), "\(finished)")
        return HTTPAnswer(status: status, body: Data(output[..<end].utf8))
    }
}

extension TestFolder {
    /// Runs a text as `/bin/sh` reads it.
    func shell(_ script: String) async throws -> FinishedProcess {
        try await ChildProcess(URL(filePath: "/bin/sh"), ["-c", script], in: url).finish(within: .seconds(90))
    }
}
