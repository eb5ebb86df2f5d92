import Foundation

/// The file that `make setup` writes: uap-core's patterns, in the order in which to try them.
struct PatternFile: Decodable {
    struct Rule: Decodable {
        var pattern: String
        var ignoresCase: Bool?
        /// These may have groups of the match in them: `$1`.
        var family: String?
        var major: String?
        var brand: String?
        var model: String?
    }

    /// Where the patterns are from, with their revision.
    var source: String
    var browsers: [Rule]
    var systems: [Rule]
    var devices: [Rule]

    static let name = "user-agents.json"

    /// Paths in the order to try them, upwards from each folder. `make setup` puts the file into `.user-agents`, an
    /// installation into `lib`, as with DuckDB's library.
    static func candidates(from folders: [String]) -> [String] {
        var paths: [String] = []
        for start in folders {
            var folder = URL(fileURLWithPath: start, isDirectory: true).standardizedFileURL
            while true {
                for place in ["", "lib/", ".user-agents/"] {
                    let path = folder.appendingPathComponent(place + name).path
                    if !paths.contains(path) { paths.append(path) }
                }
                if folder.path == "/" { break }
                folder.deleteLastPathComponent()
            }
        }
        return paths
    }

    static func load(_ path: String) throws(UserAgentError) -> PatternFile {
        do {
            return try JSONDecoder().decode(PatternFile.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw UserAgentError(
                message: "The patterns of user agents, \(path), cannot be read: \(error)."
                    + " Run `make setup` to make that file anew."
            )
        }
    }
}
