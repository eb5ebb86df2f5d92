import DuckDBStore
import EventModel
import Foundation
import FoundationNetworking
import Ingestion
import Logging
import ProjectHosting
import ProjectStore

/// A project's API as a command uses it: of the server that runs on the data folder or, where none does, the same code in this
/// process.
struct ProjectAPI {
    private enum Place {
        case server(address: String)
        case here(ProjectHouse, DataFolderLock, LocalServer)
    }

    private let project: Project
    private let place: Place

    struct Refused: Error, CustomStringConvertible {
        var description: String
    }

    /// What was answered, whatever that is.
    struct Answer {
        var status: Int
        /// By name in small letters.
        var headers: [String: String]
        var body: [UInt8]

        /// What a refusal says, as far as it can be told.
        var sentence: String {
            let json = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
            let error = json?["error"] as? [String: Any]
            let said = error?["message"] as? String ?? json?["message"] as? String
            return said ?? (body.isEmpty ? "the server answered \(status)" : String(decoding: body, as: UTF8.self))
        }
    }

    init(_ project: Project, directory: ProjectDirectory, data: DataOptions) async throws {
        self.project = project
        let settings = try data.settings()
        let dataFolder = data.folder(settings)
        do {
            let lock = try DataFolderLock(dataFolder)
            var logger = Logger(label: "antinode")
            logger.logLevel = .warning
            let enrichment = try Enrichment(places: data.places(settings), logger)
            let house = try ProjectHouse(
                directory,
                disk: DiskSpace(dataFolder),
                settings: HostingSettings(logger)
            )
            // Opened now, so that a damaged file or a missing library shows before anything is done.
            try await house.open(project)
            place = .here(house, lock, LocalServer(house, enrichment))
        } catch let taken as DataFolderLock.Taken where !taken.address.isEmpty {
            place = .server(address: taken.address)
        }
    }

    /// Whether a server runs already.
    var isServer: Bool {
        if case .server = place { true } else { false }
    }

    /// Where the events can be asked for; a guess if no server is running yet.
    var address: String {
        if case .server(let address) = place { address } else { "http://127.0.0.1:8080" }
    }

    /// Sends events the way that clients do.
    ///
    /// - Parameter events: a JSON array.
    func send(_ events: [UInt8]) async throws {
        let body = Array("{\"api_key\":\"\(project.apiKey)\",\"events\":".utf8) + events + Array("}".utf8)
        try await send(body, path: "/2/httpapi", contentType: "application/json")
    }

    /// Sends a request's body as it is. What is refused with a 400 is kept among the refused requests, as ever.
    ///
    /// - Parameter path: with the query string, if there is one.
    func send(_ body: [UInt8], path: String, contentType: String?) async throws {
        let answer = try await ask("POST", path, contentType.map { ["Content-Type": $0] } ?? [:], body)
        guard answer.status == 200 else { throw Refused(description: String(decoding: answer.body, as: UTF8.self)) }
    }

    /// What a refusal of `/api/v1` says.
    func complaint(about answer: Answer) -> Complaint {
        struct Refusal: Decodable {
            var message: String
        }
        let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(answer.body))
        return Complaint(sentence: refusal?.message ?? "The server at \(address) answered \(answer.status)")
    }

    /// Asks with the project's keys.
    func get(_ path: String) async throws -> Answer { try await ask("GET", path) }

    /// Asks with the project's keys, without a body.
    func ask(_ method: String, _ path: String) async throws -> Answer {
        // It hardly has far to go.
        try await ask(method, path, ["Authorization": authorization, "Accept-Encoding": "identity"], nil)
    }

    /// Sends a body with the project's keys, again and again while the server has too much to do.
    ///
    /// - Returns: the body of the answer.
    func post(_ path: String, _ body: [UInt8], contentType: String) async throws -> [UInt8] {
        let fields = [
            "Authorization": authorization, "Accept-Encoding": "identity", "Content-Type": contentType,
        ]
        var tries = 0
        while true {
            let answer = try await ask("POST", path, fields, body)
            if answer.status == 200 { return answer.body }
            tries += 1
            guard [429, 503].contains(answer.status), tries < Self.mostTries else {
                throw Refused(description: answer.sentence)
            }
            try await Task.sleep(for: .milliseconds(min(tries * 100, 2_000)))
        }
    }

    /// Some minutes.
    private static let mostTries = 120

    private var authorization: String {
        "Basic " + Data("\(project.apiKey):\(project.secretKey)".utf8).base64EncodedString()
    }

    private func ask(
        _ method: String,
        _ path: String,
        _ headers: [String: String],
        _ body: [UInt8]?
    ) async throws -> Answer {
        switch place {
        case .here(_, _, let server): return try await server.answer(method, path, headers, body ?? [])
        case .server(let address):
            guard let url = URL(string: address + path) else { throw Refused(description: "\(address) is no address") }
            var request = URLRequest(url: url, timeoutInterval: 600)
            request.httpMethod = method
            for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
            let (data, response): (Data, URLResponse)
            if let body {
                (data, response) = try await URLSession.shared.upload(for: request, from: Data(body))
            } else {
                (data, response) = try await URLSession.shared.data(for: request)
            }
            let head = response as? HTTPURLResponse
            let fields = (head?.allHeaderFields ?? [:]).map { ("\($0.key)".lowercased(), "\($0.value)") }
            return Answer(
                status: head?.statusCode ?? 0,
                headers: Dictionary(fields) { $1 },
                body: Array(data)
            )
        }
    }

    func close() async {
        if case .here(let house, _, _) = place { await house.close() }
    }
}
