import EventModel
import Foundation
import FoundationNetworking
import Ingestion
import Logging
import ProjectStore

/// Sends events the way that clients do: to the server if one is running on the data folder, else through the same code
/// in this process.
enum DemoSink {
    case server(address: String, apiKey: String)
    case here(ProjectHouse, DataFolderLock, OpenProject, apiKey: String)

    struct Refused: Error, CustomStringConvertible {
        var description: String
    }

    init(_ project: Project, directory: ProjectDirectory, dataFolder: URL) async throws {
        do {
            let lock = try DataFolderLock(dataFolder)
            var logger = Logger(label: "antinode")
            logger.logLevel = .warning
            let house = ProjectHouse(directory, dataFolder: dataFolder, logger: logger)
            self = .here(house, lock, try await house.open(project), apiKey: project.apiKey)
        } catch let taken as DataFolderLock.Taken where !taken.address.isEmpty {
            self = .server(address: taken.address, apiKey: project.apiKey)
        }
    }

    /// Where the events can be asked for; a guess if no server is running yet.
    var address: String {
        if case .server(let address, _) = self { address } else { "http://127.0.0.1:8080" }
    }

    /// - Parameter events: a JSON array.
    func send(_ events: [UInt8]) async throws {
        switch self {
        case .here(_, _, let project, let apiKey):
            let request = try RequestDecoder.decode(Self.body(apiKey, events))
            _ = try await project.writer.write(request.events.get())
        case .server(let address, let apiKey):
            guard let url = URL(string: address + "/2/httpapi") else {
                throw Refused(description: "\(address) is no address")
            }
            var request = URLRequest(url: url)
            request.httpMethod = "POST"
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            let (answer, response) = try await URLSession.shared.upload(
                for: request,
                from: Data(Self.body(apiKey, events))
            )
            guard (response as? HTTPURLResponse)?.statusCode == 200 else {
                throw Refused(
                    description: "The server at \(address) refused: \(String(decoding: answer, as: UTF8.self))"
                )
            }
        }
    }

    func close() async {
        if case .here(let house, _, _, _) = self { await house.close() }
    }

    private static func body(_ apiKey: String, _ events: [UInt8]) -> [UInt8] {
        Array("{\"api_key\":\"\(apiKey)\",\"events\":".utf8) + events + Array("}".utf8)
    }
}
