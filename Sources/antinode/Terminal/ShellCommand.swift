import Foundation

/// A command that works when it is pasted into a shell, wherever that is.
struct ShellCommand: CustomStringConvertible {
    private var words: [String]

    /// A command of this program, by the path with which it was started.
    ///
    /// - Parameter dataFolder: the one that it is to work on, whatever is set there.
    static func antinode(_ words: String..., dataFolder: URL) -> ShellCommand {
        let started = CommandLine.arguments.first ?? "antinode"
        let program = started.contains("/") ? URL(fileURLWithPath: started).standardizedFileURL.path : started
        return ShellCommand([program] + words + ["--data-dir", dataFolder.standardizedFileURL.path])
    }

    init(_ words: [String]) {
        self.words = words
    }

    var description: String { words.map(Self.quoted).joined(separator: " ") }

    /// As one word of a shell.
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./:@%+=,".utf8.contains(byte)
            }
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
