/// Where a DuckDB library is looked for, decided without touching the file system.
struct LibrarySearch {
    /// The value of `DUCKDB_LIBRARY`. If set, nothing else is tried: a wrong path should not go unnoticed.
    var chosenPath: String?
    /// The folder of the running executable.
    var executableFolder: String?
    var workingDirectory: String

    #if os(macOS)
    static let fileName = "libduckdb.dylib"
    #else
    static let fileName = "libduckdb.so"
    #endif

    /// Paths in the order to try them. `make setup` puts the library into `.duckdb`, an installation into `lib`.
    ///
    /// Both searches walk up, so that a binary deep in `.build` and tests started elsewhere find the project's `.duckdb`.
    var candidates: [String] {
        if let chosenPath { return [chosenPath] }
        var folders: [String] = []
        for start in [executableFolder, workingDirectory] {
            for folder in start.map(Self.ancestors) ?? [] where !folders.contains(folder) { folders.append(folder) }
        }
        return folders.flatMap { folder in
            ["", "lib/", ".duckdb/"].map { "\(folder == "/" ? "" : folder)/\($0)\(Self.fileName)" }
        }
    }

    /// The sentence that a user reads when nothing could be loaded.
    ///
    /// - Parameter reasons: what the system's loader said about each file that was tried.
    func failure(reasons: [String]) -> String {
        let searched =
            if let chosenPath {
                "DUCKDB_LIBRARY is \(chosenPath)."
            } else {
                "Looked for \(Self.fileName), lib/\(Self.fileName) and .duckdb/\(Self.fileName) in "
                    + [executableFolder, workingDirectory].compactMap(\.self).joined(separator: ", in ")
                    + " and in the folders above, then where the system keeps its libraries."
            }
        let advice = "Run `make setup` in the project's folder, or set DUCKDB_LIBRARY to the library's path."
        return (["DuckDB's library cannot be loaded.", searched] + reasons.map { "(\($0))" } + [advice])
            .joined(separator: " ")
    }

    /// `/a/b` gives `/a/b`, `/a`, `/`.
    private static func ancestors(of folder: String) -> [String] {
        var names = folder.split(separator: "/")
        var folders: [String] = []
        while !names.isEmpty {
            folders.append("/" + names.joined(separator: "/"))
            names.removeLast()
        }
        return folders + ["/"]
    }
}
