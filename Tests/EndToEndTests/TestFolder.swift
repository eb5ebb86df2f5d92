import Foundation
import TestSupport
import Testing

/// A folder for one test's data, in which its processes run. It goes with the last reference to it.
final class TestFolder: Sendable {
    private let folder: TemporaryFolder
    var url: URL { folder.url }
    /// The server's data folder, also if nobody names one.
    var data: URL { url.appending(path: "data") }

    /// - Parameter parent: the system's folder for what goes soon, if left out.
    init(in parent: URL = FileManager.default.temporaryDirectory) throws {
        folder = try TemporaryFolder(in: parent).made()
    }

    /// Runs a command of `antinode` to its end, as a person would type it.
    func antinode(_ command: String, environment: [String: String] = [:]) async throws -> FinishedProcess {
        try await run(Tools.antinode(), command.split(separator: " ").map(String.init), environment: environment)
    }

    /// The same, where an argument may have blanks or be empty.
    func antinode(_ arguments: [String], environment: [String: String] = [:]) async throws -> FinishedProcess {
        try await run(Tools.antinode(), arguments, environment: environment)
    }

    /// Runs a script of `Clients/` to its end.
    ///
    /// - Returns: the JSON that it printed.
    func client<Answer: Decodable>(_ script: String, _ arguments: String...) async throws -> Answer {
        try await client(script, arguments)
    }

    /// - Parameter python: the one of .venv/ if left out.
    func client<Answer: Decodable>(
        _ script: String,
        _ arguments: [String],
        python: URL? = nil
    ) async throws -> Answer {
        let path = Tools.sources.appending(path: "Clients/\(script)").path
        // Nothing is written beside the scripts.
        let finished = try await run(python ?? Tools.python(), ["-B", path] + arguments)
        try #require(finished.status == 0, "\(script) failed: \(finished.errors)")
        return try JSONDecoder.snakeCase.decode(Answer.self, from: Data(finished.output.utf8))
    }

    func bash(_ command: String) async throws -> FinishedProcess {
        try await run(URL(filePath: "/bin/bash"), ["-c", command])
    }

    func createProject(_ name: String, timeZone: String = "UTC") async throws -> ProjectKeys {
        let created = try await antinode(
            "project create \(name) --time-zone \(timeZone) --json --data-dir \(data.path)"
        )
        try #require(created.status == 0, "\(created)")
        return try JSONDecoder.snakeCase.decode(ProjectKeys.self, from: Data(created.output.utf8))
    }

    private func run(
        _ executable: URL,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> FinishedProcess {
        try await ChildProcess(executable, arguments, in: url, environment: environment).finish(within: .seconds(180))
    }
}

/// What `antinode project … --json` prints.
struct ProjectKeys: Codable, Equatable {
    var id: Int
    var name: String
    var timeZone: String
    var apiKey: String
    var secretKey: String
}

extension JSONDecoder {
    static var snakeCase: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}
