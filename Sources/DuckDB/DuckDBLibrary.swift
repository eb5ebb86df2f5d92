internal import CDuckDB

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The shared library that does the work, loaded once per process.
public enum DuckDBLibrary {
    /// Loads the library; later calls repeat the first one's outcome.
    ///
    /// Looks at `$DUCKDB_LIBRARY` alone if that is set. Otherwise in the executable's folder and those above it, in the
    /// working directory and those above it, and at last where the system's loader looks.
    public static func load() throws(DatabaseError) {
        try loaded.get()
    }

    /// The library's version, such as `v2.0.0`.
    public static var version: String {
        get throws(DatabaseError) {
            try load()
            return unsafe String(optionalCString: duckdb_library_version())
        }
    }

    // A static is initialized by one thread while others wait, which is what `cduckdb_load` asks for.
    private static let loaded: Result<Void, DatabaseError> = {
        let search = LibrarySearch(
            chosenPath: ProcessInfo.processInfo.environment["DUCKDB_LIBRARY"],
            executableFolder: executableFolder,
            workingDirectory: FileManager.default.currentDirectoryPath
        )
        var reasons: [String] = []
        let existing = search.candidates.filter { FileManager.default.fileExists(atPath: $0) }
        let last = search.chosenPath ?? LibrarySearch.fileName  // A bare name has the system's loader search.
        for path in existing + [last] {
            guard let reason = reasonNotToLoad(path) else { return .success(()) }
            if !reasons.contains(reason) { reasons.append(reason) }
        }
        return .failure(DatabaseError(.library, search.failure(reasons: reasons)))
    }()

    private static var executableFolder: String? {
        #if os(Linux)
        let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        #else
        let path = Bundle.main.executablePath
        #endif
        return path?.lastIndex(of: "/").map { String(path![..<$0]) }
    }

    /// Tries one file. Returns nil if the library is loaded now, else what is wrong with it.
    private static func reasonNotToLoad(_ path: String) -> String? {
        var message = [CChar](repeating: 0, count: 1024)
        // Safe: the message's room is passed with its size, and C ends what it writes with a zero byte.
        if unsafe cduckdb_load(path, &message, message.count) { return nil }
        return String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
