import DuckDBStore
import EventModel
import Foundation
import FoundationNetworking
import Ingestion
import Logging
import ProjectHosting
import ProjectStore

/// Sends events the way that clients do: to the server if one is running on the data folder, else through the same code
/// in this process.
enum EventSink {
    case server(address: String, apiKey: String)
    case here(ProjectHouse, DataFolderLock, LocalServer, apiKey: String)

    struct Refused: Error, CustomStringConvertible {
        var description: String
    }

    init(_ project: Project, directory: ProjectDirectory, data: DataOptions) async throws {
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
                settings: HostingSettings(openStore: DuckDBEventStore.open(logger), now: { .now }, logger: logger)
            )
            // Opened now, so that a damaged file or a missing library shows before anything is sent.
            try await house.open(project)
            self = .here(house, lock, LocalServer(house, enrichment), apiKey: project.apiKey)
        } catch let taken as DataFolderLock.Taken where !taken.address.isEmpty {
            self = .server(address: taken.address, apiKey: project.apiKey)
        }
    }

    /// Whether a server runs already.
    var isServer: Bool {
        if case .server = self { true } else { false }
    }

    /// Where the events can be asked for; a guess if no server is running yet.
    var address: String {
        if case .server(let address, _) = self { address } else { "http://127.0.0.1:8080" }
    }

    /// - Parameter events: a JSON array.
    func send(_ events: [UInt8]) async throws {
        let apiKey =
            switch self {
            case .server(_, let apiKey), .here(_, _, _, let apiKey): apiKey
            }
        let body = Array("{\"api_key\":\"\(apiKey)\",\"events\":".utf8) + events + Array("}".utf8)
        try await send(body, path: "/2/httpapi", contentType: "application/json")
    }

    /// Sends a request's body as it is. What is refused with a 400 is kept among the refused requests, as ever.
    ///
    /// - Parameter path: with the query string, if there is one.
    func send(_ body: [UInt8], path: String, contentType: String?) async throws {
        switch self {
        case .here(_, _, let server, _):
            let (isTaken, answer) = try await server.post(body, to: path, contentType: contentType)
            guard isTaken else { throw Refused(description: answer) }
        case .server(let address, _):
            guard let url = URL(string: address + path) else { throw Refused(description: "\(address) is no address") }
            var request = URLRequest(url: url)
            request.httpMethod = "POST"
            if let contentType { request.setValue(contentType, forHTTPHeaderField: "Content-Type") }
            let (answer, response) = try await URLSession.shared.upload(for: request, from: Data(body))
            guard (response as? HTTPURLResponse)?.statusCode == 200 else {
                throw Refused(description: String(decoding: answer, as: UTF8.self))
            }
        }
    }

    func close() async {
        if case .here(let house, _, _, _) = self { await house.close() }
    }
}
