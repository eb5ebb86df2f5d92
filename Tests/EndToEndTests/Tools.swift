import Foundation

/// Where the tests find what they run.
enum Tools {
    struct Missing: Error, CustomStringConvertible {
        var description: String
    }

    static let sources = URL(filePath: #filePath).deletingLastPathComponent()
    static let package = sources.deletingLastPathComponent().deletingLastPathComponent()

    /// The server: what `ANTINODE_BINARY` names, or what was built with the tests.
    static func antinode() throws -> URL {
        if let path = ProcessInfo.processInfo.environment["ANTINODE_BINARY"] {
            return try existing([URL(filePath: path)])
        }
        let besideTests = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
            path: "antinode"
        )
        return try existing(
            [besideTests, package.appending(path: ".build/debug/antinode")],
            hint: "Run `swift build`."
        )
    }

    static func python() throws -> URL {
        try existing([package.appending(path: ".venv/bin/python")], hint: "Run tools/setup-tests.")
    }

    /// Prometheus' checker; `nil` where it could not be had.
    static var promtool: URL? { try? existing([package.appending(path: ".cache/promtool")]) }

    /// A proxy by its name; `nil` where it could not be had.
    static func proxy(_ name: String) -> URL? { try? existing([package.appending(path: ".cache/\(name)")]) }

    /// A real shop's events of half a year.
    static func shopFile() throws -> String {
        try existing([package.appending(path: ".cache/ecom.csv.gz")], hint: "Run tools/setup-tests.").path
    }

    /// Made-up places, as tools/make_test_oracles.py writes them.
    static func placesFile() throws -> String {
        try existing([package.appending(path: ".cache/oracles/places.mmdb")], hint: "Run tools/setup-tests.").path
    }

    private static func existing(_ candidates: [URL], hint: String = "") throws -> URL {
        guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            let paths = candidates.map(\.path).joined(separator: " nor ")
            throw Missing(description: "There is no \(paths). \(hint)")
        }
        return found
    }
}
