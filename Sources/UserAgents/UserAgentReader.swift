import Foundation
import Synchronization

/// Tells what user agents mean, each one worked out once as long as it is in use.
public final class UserAgentReader: Sendable {
    /// The patterns' origin and revision.
    public let source: String
    private let rules: Rules
    private let known = Mutex(RecentlyUsed<String, UserAgent>(capacity: 2_000))

    /// Longer ones are cut, so that a hostile one costs about half a millisecond; those of browsers are shorter.
    private static let mostBytes = 512

    /// - Parameter path: a file as `make setup` writes it.
    public init(path: String) throws(UserAgentError) {
        let file = try PatternFile.load(path)
        source = file.source
        rules = try Rules(file)
    }

    /// Where the file of patterns is: beside the running executable or in the working directory, or above them.
    public static func path() -> String? {
        let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folders = [
            (executable ?? Bundle.main.executablePath).map { ($0 as NSString).deletingLastPathComponent },
            FileManager.default.currentDirectoryPath,
        ]
        return PatternFile.candidates(from: folders.compactMap(\.self)).first {
            FileManager.default.fileExists(atPath: $0)
        }
    }

    public func read(_ agent: String) -> UserAgent {
        let text =
            agent.utf8.count > Self.mostBytes
            ? String(decoding: agent.utf8.prefix(Self.mostBytes), as: UTF8.self) : agent
        if let known = known.withLock({ $0[text] }) { return known }
        let read = rules.read(Array(text.utf8))
        known.withLock { $0[text] = read }
        return read
    }
}
