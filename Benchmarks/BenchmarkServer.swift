import Foundation

/// `antinode serve` in a process of its own, with an empty data folder and a free port.
final class BenchmarkServer {
    let port: UInt16
    let apiKey: String
    let meter: ProcessMeter
    /// Both keys, with a colon between.
    private let credentials: String
    private let process: Process

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// Returns when it is up. Must be stopped before `folder` is removed.
    init(_ executable: URL, in folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let output = folder.appending(path: "output")
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        let process = Process()
        process.executableURL = executable
        process.arguments = ["serve", "--port", "0", "--data-dir", folder.appending(path: "data").path]
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ANTINODE_") }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        do {
            let welcome = try Self.text(of: output, upTo: "Ctrl-C.\n", while: { process.isRunning })
            guard let port = welcome.firstMatch(of: /http:\S+?:(\d+)\n/).flatMap({ UInt16($0.output.1) }),
                let apiKey = welcome.firstMatch(of: /API key +(\S+)/)?.output.1
            else { throw Failed(description: "The server did not start:\n\(welcome)") }
            self.process = process
            self.port = port
            self.apiKey = String(apiKey)
            credentials = try Self.credentials(executable, in: folder)
            meter = ProcessMeter(pid: process.processIdentifier)
        } catch {
            Self.end(process)
            throw error
        }
    }

    /// Asks it to stop, waits, and ends it if that takes too long.
    func stop() {
        Self.end(process)
    }

    /// How many events of all types it shows. It answers when all that it has acknowledged is visible.
    func visibleEvents() throws -> Int {
        let answer = try ask(
            "GET",
            "/api/2/events/segmentation?e=%7B%22event_type%22%3A%22_all%22%7D&m=totals&start=20240101&end=20240130"
        )
        let chart = try JSONDecoder().decode(Chart.self, from: Data(answer.body))
        return chart.data.series.joined().reduce(0, +)
    }

    /// Sends a request with both keys, which must be taken.
    @discardableResult
    func ask(_ method: String, _ path: String, _ body: String = "") throws -> HTTPAnswer {
        var connection = try HTTPConnection(port: port)
        let credentials = Data(credentials.utf8).base64EncodedString()
        let answer = try connection.exchange(
            Array(
                """
                \(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic \(credentials)\r\n\
                Content-Length: \(body.utf8.count)\r\n\r\n\(body)
                """.utf8
            )
        )
        guard answer.status == 200 || answer.status == 202 else {
            throw Failed(description: "\(method) \(path) was answered \(answer).")
        }
        return answer
    }

    private struct Chart: Decodable {
        struct Content: Decodable { var series: [[Int]] }
        var data: Content
    }

    /// The secret key is not shown where output is kept.
    private static func credentials(_ executable: URL, in folder: URL) throws -> String {
        let process = Process()
        process.executableURL = executable
        process.arguments = [
            "project", "show", "default", "--credentials", "--data-dir", folder.appending(path: "data").path,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(description: "The keys are not shown: \(text)") }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func text(of file: URL, upTo ending: String, while isRunning: () -> Bool) throws -> String {
        var text = ""
        for _ in 0..<400 where !text.contains(ending) && isRunning() {
            Thread.sleep(forTimeInterval: 0.05)
            text = try String(contentsOf: file, encoding: .utf8)
        }
        return text
    }

    private static func end(_ process: Process) {
        process.interrupt()
        for _ in 0..<600 where process.isRunning { Thread.sleep(forTimeInterval: 0.05) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}
