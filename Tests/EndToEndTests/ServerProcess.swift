import Foundation
import Testing

/// `antinode serve` in a process of its own, on a free port.
final class ServerProcess: Sendable {
    let folder: TestFolder
    /// Where it listens, such as `http://127.0.0.1:40000`.
    let address: String
    /// What it shows when it is up.
    let welcome: String
    private let process: ChildProcess

    /// It did not start.
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// Returns when it answers.
    ///
    /// - Parameters:
    ///   - arguments: what follows `antinode serve`; without them it takes a free port and the folder's data.
    ///   - limits: what a shell does before it becomes the server, such as `ulimit -n 200`.
    static func start(
        in folder: TestFolder,
        _ arguments: String? = nil,
        environment: [String: String] = [:],
        limits: String? = nil
    ) async throws -> ServerProcess {
        let words = ["serve"] + (arguments ?? standard(folder)).split(separator: " ").map(String.init)
        let antinode = try Tools.antinode()
        let process = try ChildProcess(
            limits == nil ? antinode : URL(filePath: "/bin/bash"),
            limits.map { ["-c", "\($0); exec \"$0\" \"$@\"", antinode.path] + words } ?? words,
            in: folder.url,
            environment: environment
        )
        let welcome = try await within(.seconds(20), "the server's start") {
            await process.output.text(upTo: "Ctrl-C.\n")
        }
        guard let address = welcome.firstMatch(of: /Antinode is up at (http:\S+)/)?.output.1 else {
            throw Failed(description: "The server did not start:\n\(process.errors.text)")
        }
        return ServerProcess(folder, process, address: String(address), welcome: welcome)
    }

    /// A free port, and the folder's data.
    static func standard(_ folder: TestFolder) -> String { "--port 0 --data-dir \(folder.data.path)" }

    /// Starts it and ends it at once, wherever it has come to by then.
    static func startAndKill(in folder: TestFolder, after pause: Duration) async throws {
        let process = try ChildProcess(
            Tools.antinode(),
            ["serve", "--port", "0", "--data-dir", folder.data.path],
            in: folder.url
        )
        try await Task.sleep(for: pause)
        process.send(SIGKILL)
        let finished = try await process.finish()
        #expect(finished.wasKilled && finished.status == SIGKILL, "\(finished)")
    }

    private init(_ folder: TestFolder, _ process: ChildProcess, address: String, welcome: String) {
        self.folder = folder
        self.process = process
        self.address = address
        self.welcome = welcome
    }

    func client(_ keys: ProjectKeys) -> ProjectClient {
        ProjectClient(address: address, keys: keys)
    }

    /// Asks it to stop, as Ctrl-C does; it must do so without complaint.
    @discardableResult
    func stop(_ signal: Int32 = SIGINT) async throws -> FinishedProcess {
        process.send(signal)
        let finished = try await process.finish()
        #expect(finished.status == 0 && !finished.wasKilled, "\(finished)")
        #expect(finished.output.hasSuffix("Stopped. Everything that was accepted is on disk.\n"))
        return finished
    }

    /// Megabytes of memory that it holds.
    func memory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process.id)/status", encoding: .utf8)
        return try #require(status.firstMatch(of: /VmRSS:\s*(\d+) kB/).flatMap { Int($0.1) }) >> 10
    }

    /// What the system allows it, such as its open files: the limit in force and the highest.
    func limit(_ name: String) throws -> [String] {
        let limits = try String(contentsOfFile: "/proc/\(process.id)/limits", encoding: .utf8)
        let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix(name) })
        return line.dropFirst(name.count).split(separator: " ").prefix(2).map(String.init)
    }

    var id: Int32 { process.id }

    /// What it has logged.
    var log: String { process.errors.text }

    /// Ends it at once, without a chance to finish anything.
    func kill() async throws {
        process.send(SIGKILL)
        let finished = try await process.finish()
        #expect(finished.wasKilled && finished.status == SIGKILL, "\(finished)")
    }

    /// Asks it to stop, without waiting for that.
    func interrupt() { process.send(SIGINT) }

    /// Ends it at once, unless it has already ended in good order.
    func killIfRunning() async throws {
        process.send(SIGKILL)
        let finished = try await process.finish()
        #expect(finished.wasKilled && finished.status == SIGKILL || finished.status == 0, "\(finished)")
    }
}
