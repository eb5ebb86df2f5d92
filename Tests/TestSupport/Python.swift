import Foundation

/// Another program to read what ours has written.
public enum Python {
    public struct Failed: Error {
        public var status: Int32
    }

    /// What a script prints. Its errors go where the tests' do.
    ///
    /// - Parameter arguments: `sys.argv` from 1 on.
    public static func run(_ script: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(status: process.terminationStatus) }
        return text
    }
}
