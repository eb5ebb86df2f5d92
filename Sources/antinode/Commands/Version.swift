import ArgumentParser
import DuckDBStore

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the version.")

    @Flag(name: .long, help: "Also say how it was built, and with what it runs.")
    var verbose = false

    func run() {
        print(ServerVersion.number)
        if verbose {
            print("built       \(ServerVersion.build)")
            print("DuckDB      \(DuckDBEventStore.libraryVersion)")
        }
    }
}

/// Which Antinode this is.
enum ServerVersion {
    static let number = "0.1.0"

    /// Whether it was built to be fast or to be debugged.
    static var build: String {
        #if DEBUG
        "debug"
        #else
        "release"
        #endif
    }
}
