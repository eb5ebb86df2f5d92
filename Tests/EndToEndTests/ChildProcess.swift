import Foundation
import Synchronization

/// A process that a test started: its output as it comes, and its end.
///
/// It does not outlive the last reference to it.
final class ChildProcess: Sendable {
    let output: ProcessOutput
    let errors: ProcessOutput
    private let process = Process()
    /// Ends with the process; never yields.
    private let running: AsyncStream<Never>

    /// - Parameters:
    ///   - directory: where it runs.
    ///   - environment: on top of the tests' own, without the server's settings in that.
    init(_ executable: URL, _ arguments: [String], in directory: URL, environment: [String: String] = [:]) throws {
        let (outputPipe, errorPipe) = (Pipe(), Pipe())
        let (running, end) = AsyncStream.makeStream(of: Never.self)
        self.running = running
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ANTINODE_") }
            .merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = outputPipe
        process.standardError = errorPipe
        process.terminationHandler = { _ in end.finish() }
        output = ProcessOutput(outputPipe.fileHandleForReading)
        errors = ProcessOutput(errorPipe.fileHandleForReading)
        try process.run()
    }

    deinit { send(SIGKILL) }

    var id: Int32 { process.processIdentifier }

    func send(_ signal: Int32) {
        if process.isRunning { kill(process.processIdentifier, signal) }
    }

    /// Waits for its end and for the last of its output.
    func finish(within limit: Duration = .seconds(30)) async throws -> FinishedProcess {
        try await within(limit, "the end of \(process.executableURL?.lastPathComponent ?? "a process")") { [self] in
            for await _ in running {}
            // Whoever has waited long enough leaves the loop, too, and may not ask how a running process ended.
            try Task.checkCancellation()
            let (output, errors) = (await output.all(), await errors.all())
            return FinishedProcess(
                status: process.terminationStatus,
                wasKilled: process.terminationReason == .uncaughtSignal,
                output: output,
                errors: errors
            )
        }
    }
}

/// What a process left behind.
struct FinishedProcess: CustomStringConvertible {
    /// The exit code, or the number of the signal that ended it.
    var status: Int32
    var wasKilled: Bool
    var output: String
    var errors: String

    var description: String { "status \(status), output:\n\(output)\nerrors:\n\(errors)" }
}

/// The text that comes out of one of a process's pipes. One task at a time may wait for it.
final class ProcessOutput: Sendable {
    private let received = Mutex(Data())
    /// Yields when more text has come; ends with the text.
    private let arrivals: AsyncStream<Void>

    init(_ handle: FileHandle) {
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.arrivals = arrivals
        // Blocks a thread of its own: on Linux, `readabilityHandler` now and then misses the end.
        DispatchQueue(label: "process output").async { [self] in
            while case let data = handle.availableData, !data.isEmpty {
                received.withLock { $0.append(data) }
                arrival.yield()
            }
            arrival.finish()
        }
    }

    /// What has come so far.
    var text: String { received.withLock { String(decoding: $0, as: UTF8.self) } }

    /// Waits for `ending` to come, or for the end.
    func text(upTo ending: String) async -> String {
        var text = text
        var arrivals = arrivals.makeAsyncIterator()
        while !text.contains(ending), await arrivals.next() != nil { text = self.text }
        return self.text
    }

    func all() async -> String {
        for await _ in arrivals {}
        return text
    }
}

/// Something did not happen in time.
struct TimedOut: Error, CustomStringConvertible {
    var description: String
}

/// Runs `body`, but gives up waiting after `limit`.
func within<Value: Sendable>(
    _ limit: Duration,
    _ what: String,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        defer { group.cancelAll() }
        group.addTask(operation: body)
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        guard let value = try await group.next() ?? nil else {
            throw TimedOut(description: "\(limit) were not enough for \(what).")
        }
        return value
    }
}
