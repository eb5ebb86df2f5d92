import Foundation
import Testing

/// A program of others that reads from Amplitude, installed by tools/setup-tests into a place of its own, as
/// tools/clients/NAME.txt says, and driven by Clients/Readers/read_NAME.py (which would stand in for the program's own
/// module if it had its name).
struct ReadingClient: Sendable, CustomTestStringConvertible {
    /// As its registry has it, but with underscores.
    let name: String
    /// What it reads beside the events, and how much of that there is of the known events.
    var others: [String: Int] = [:]

    var testDescription: String { name }

    static let all = [
        ReadingClient(name: "python_amplitude_export"),
        ReadingClient(name: "pyamplitude"),
        ReadingClient(name: "amplitude_data_wrapper"),
        ReadingClient(name: "tap_amplitude_api", others: ["states": 1]),
        // After its last state come the events of the last request once more.
        ReadingClient(name: "airbyte_source_amplitude", others: ["events_list": 5, "annotations": 1, "again": 300]),
    ]

    /// Nothing is installed where no Python of a version that the clients need was found.
    static var areInstalled: Bool {
        !FileManager.default.fileExists(atPath: folder.appending(path: "left-out.txt").path)
    }

    func python() throws -> URL {
        let python = Self.folder.appending(path: "\(name)/bin/python")
        guard FileManager.default.fileExists(atPath: python.path) else {
            throw Tools.Missing(description: "There is no \(python.path). Run tools/setup-tests.")
        }
        return python
    }

    private static let folder = Tools.package.appending(path: ".cache/clients")

    /// What a driver found.
    struct Report: Decodable {
        var problems: [String]
        /// Counts by what was read.
        var read: [String: Int]
    }
}
