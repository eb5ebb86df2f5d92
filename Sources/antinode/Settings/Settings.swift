import ArgumentParser
import ColumnEngine
import Configuration
import Foundation
import Logging
import SystemPackage

/// Where the data is: an option of every command.
struct DataOptions: ParsableArguments {
    @Option(name: .long, help: "Folder of all data; made if it is not there. (default: ./data; ANTINODE_DATA_DIR)")
    var dataDir: String?

    @Option(
        name: .long,
        help: "A JSON file with settings, such as {\"port\": 9000}. (default: ./antinode.json if it is there)"
    )
    var config: String?

    /// The settings that the command line leaves open.
    func reader() async throws -> ConfigReader {
        let environment = EnvironmentVariablesProvider()
        let named = config ?? ConfigReader(provider: environment).string(forKey: "antinode.config")
        let file: FileProvider<JSONSnapshot>
        do {
            file = try await FileProvider(filePath: FilePath(named ?? "antinode.json"), allowMissing: named == nil)
        } catch {
            throw ValidationError("The settings file \(named ?? "antinode.json") cannot be read: \(error)")
        }
        return ConfigReader(providers: [environment.prefixKeys(with: "antinode"), file])
    }

    func folder(_ settings: ConfigReader) -> URL {
        URL(fileURLWithPath: dataDir ?? settings.string(forKey: "dataDir", default: "./data"), isDirectory: true)
    }

    /// The file of places; `nil` if addresses are not looked up.
    ///
    /// - Parameter option: what the command line says.
    func places(_ settings: ConfigReader, option: String? = nil) -> String? {
        (option ?? settings.string(forKey: "geoip")).flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// How the server runs: command line first, then `ANTINODE_…` in the environment, then the settings file, then defaults
/// that suit a laptop.
struct ServerSettings {
    var host: String
    var port: Int
    var dataFolder: URL
    var logLevel: Logger.Level
    /// Bytes for each project's columns.
    var columnMemory: Int
    /// Whether queries are held to Amplitude's limits.
    var queryLimits: Bool
    /// The file of places; `nil` if addresses are not looked up.
    var geoIP: String?
    var limits: ServerLimits

    init(_ serve: Serve) async throws {
        let settings = try await serve.data.reader()
        host = serve.host ?? settings.string(forKey: "host", default: "127.0.0.1")
        let port =
            serve.port.map(String.init) ?? settings.string(forKey: "port")
            ?? settings.int(forKey: "port").map(String.init)
        guard let number = Int(port ?? "8080"), (0...65_535).contains(number) else {
            throw ValidationError("The port must be a number from 0 to 65535, such as 8080; it is \(port ?? "").")
        }
        self.port = number
        dataFolder = serve.data.folder(settings)
        let level = serve.logLevel ?? settings.string(forKey: "logLevel", default: "info")
        guard let logLevel = Logger.Level(rawValue: level.lowercased()) else {
            let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("The log level must be one of \(known); it is \(level).")
        }
        self.logLevel = logLevel
        let heldToLimits =
            serve.queryLimits.map(String.init) ?? settings.string(forKey: "queryLimits")
            ?? settings.bool(forKey: "queryLimits").map(String.init)
        guard let queryLimits = Bool((heldToLimits ?? "false").lowercased()) else {
            throw ValidationError("The query limits must be true or false; they are \(heldToLimits ?? "").")
        }
        self.queryLimits = queryLimits
        geoIP = serve.data.places(settings, option: serve.geoip)
        limits = try ServerLimits(serve.limits, settings)
        let memory =
            serve.columnMemory.map(String.init) ?? settings.string(forKey: "columnMemory")
            ?? settings.int(forKey: "columnMemory").map(String.init)
        guard let megabytes = Int(memory ?? "\((MachineMemory.bytes / 4) >> 20)"), (1...1 << 30).contains(megabytes)
        else {
            throw ValidationError(
                "The memory for columns must be a number of megabytes from 1, such as 2048; it is \(memory ?? "")."
            )
        }
        columnMemory = megabytes << 20
    }
}
