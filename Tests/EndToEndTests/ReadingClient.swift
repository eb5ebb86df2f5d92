import Foundation
import Testing

/// A program of others that reads from Amplitude, installed by tools/setup-tests into a place of its own, as
/// tools/clients/NAME.txt says, and driven by Clients/Readers/read_NAME.py (which would stand in for the program's own
/// module if it had its name).
struct ReadingClient: Sendable, CustomTestStringConvertible {
    /// As its registry has it, but with underscores.
    let name: String
    /// How much it reads of the known events, by what that is.
    var reads: [String: Int] = ["events": 306]

    var testDescription: String { name }

    static let all = [
        ReadingClient(name: "python_amplitude_export"),
        ReadingClient(name: "pyamplitude", reads: ["events": 306, "cohorts": 1]),
        ReadingClient(name: "amplitude_data_wrapper"),
        ReadingClient(name: "tap_amplitude_api", reads: ["events": 306, "states": 1]),
        // After its last state come the events of the last request once more.
        ReadingClient(
            name: "airbyte_source_amplitude",
            reads: ["events": 306, "events_list": 5, "annotations": 1, "cohorts": 1, "again": 300]
        ),
        ReadingClient(name: "amplitude_sdk", reads: ["cohorts": 1]),
        ReadingClient(name: "amplitude_python_sdk", reads: ["annotations": 1]),
    ]

    /// Of a later Python than the others.
    static let agent = ReadingClient(
        name: "airbyte_agent_amplitude",
        reads: ["annotations": 1, "cohorts": 1, "events_list": 5]
    )

    /// None of `all` is installed where no Python of a version that they need was found.
    static var areInstalled: Bool { all.allSatisfy { !$0.isLeftOut } }

    /// Whether tools/setup-tests found no Python for it.
    var isLeftOut: Bool {
        FileManager.default.fileExists(atPath: Self.folder.appending(path: "\(name).left-out").path)
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
