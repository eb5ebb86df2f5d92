import ArgumentParser
import ColumnEngine
import EventModel
import Foundation
import HTTPConnections
import HTTPEdge
import Logging

/// How the server runs: command line first, then `ANTINODE_…` in the environment, then the settings file, then defaults
/// that suit a laptop.
struct ServerSettings {
    var host: String
    var port: Int
    var dataFolder: URL
    /// Of the first project.
    var timeZone: ProjectTimeZone?
    var logLevel: Logger.Level
    var logFormat: LogFormat
    /// Bytes for each project's columns.
    var columnMemory: Int
    /// Whether queries are held to Amplitude's limits.
    var queryLimits: Bool
    /// The file of places; `nil` if addresses are not looked up.
    var geoIP: String?
    var limits: ServerLimits
    /// Whose word about the sender of a request is believed.
    var proxies: TrustedProxies
    /// Where people reach the server; `nil` for where it listens.
    var publicURL: PublicURL?
    /// So long a deletion of a person can be cancelled.
    var deletionGrace: Duration

    init(_ serve: Serve) throws {
        let settings = try serve.data.settings()
        host = settings.text(.host, option: serve.host) ?? "127.0.0.1"
        let port = settings.text(.port, option: serve.port.map(String.init))
        guard let number = Int(port ?? "8080"), (0...65_535).contains(number) else {
            throw ValidationError(
                "The port must be a number from 0 to 65535, such as 8080; it is \((port ?? "").shown())."
            )
        }
        self.port = number
        dataFolder = serve.data.folder(settings)
        timeZone = try settings.text(.timeZone, option: serve.timeZone).map(ProjectTimeZone.init(typed:))
        let level = settings.text(.logLevel, option: serve.logLevel) ?? "info"
        guard let logLevel = Logger.Level(rawValue: level.lowercased()) else {
            let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("The log level must be one of \(known); it is \(level.shown()).")
        }
        self.logLevel = logLevel
        let format = settings.text(.logFormat, option: serve.logFormat) ?? "text"
        guard let logFormat = LogFormat(rawValue: format.lowercased()) else {
            throw ValidationError("The log format must be text or json; it is \(format.shown()).")
        }
        self.logFormat = logFormat
        let heldToLimits = settings.text(.queryLimits, option: serve.queryLimits.map(String.init))
        guard let queryLimits = Bool((heldToLimits ?? "false").lowercased()) else {
            throw ValidationError("The query limits must be true or false; they are \((heldToLimits ?? "").shown()).")
        }
        self.queryLimits = queryLimits
        geoIP = serve.data.places(settings, option: serve.geoip)
        limits = try ServerLimits(serve.limits, settings)
        let trusted = serve.trustedProxies.isEmpty ? nil : serve.trustedProxies.joined(separator: ",")
        proxies = try Self.proxies(settings.text(.trustedProxies, option: trusted) ?? "")
        publicURL = try settings.text(.publicUrl, option: serve.publicUrl).map { text in
            guard let url = PublicURL(text) else {
                throw ValidationError(
                    "The public URL must be a scheme and a name, such as https://stats.example.com; it is \(text.shown())."
                )
            }
            return url
        }
        let grace = settings.text(.deletionGrace, option: serve.deletionGrace) ?? "24h"
        do {
            let isNone = grace.wholeMatch(of: /0[smhdw]?/) != nil
            deletionGrace = isNone ? .zero : .milliseconds(try LengthOfTime(typed: grace).milliseconds)
        } catch {
            throw ValidationError("It must be said how long deletions can be cancelled. \(error.message)")
        }
        let memory = settings.text(.columnMemory, option: serve.columnMemory.map(String.init))
        guard let megabytes = Int(memory ?? "\((MachineMemory.bytes / 4) >> 20)"), (1...1 << 30).contains(megabytes)
        else {
            throw ValidationError(
                "The memory for columns must be a number of megabytes from 1, such as 2048; it is"
                    + " \((memory ?? "").shown())."
            )
        }
        columnMemory = megabytes << 20
    }

    /// - Parameter text: ranges, between which stand commas or blanks.
    private static func proxies(_ text: String) throws -> TrustedProxies {
        let ranges = try text.split { $0 == "," || $0.isWhitespace }.map { word in
            guard let range = AddressRange(word) else {
                throw ValidationError(
                    "The trusted proxies must be addresses or ranges of them, such as 10.0.0.0/8 or ::1; one is"
                        + " \(String(word).shown())."
                )
            }
            return range
        }
        return TrustedProxies(ranges)
    }
}
