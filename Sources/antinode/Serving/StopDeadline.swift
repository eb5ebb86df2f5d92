import Foundation
import Logging

/// Sees to it that a server that was told to stop ends soon, whatever its clients do, and whatever it is at.
enum StopDeadline {
    /// A supervisor that waits ten seconds before it kills is to see it end. Connections give up earlier
    /// (`ConnectionLimits.stopAnswer`), so this is for work that cannot be broken off.
    private static let seconds = 9

    /// Begins to count. Nothing that was accepted is lost at the end of it: that is on disk before it is acknowledged.
    static func begin(_ logger: Logger) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) {
            logger.warning("what was under way takes too long, and is broken off")
            say(stopped)
            // Not `exit`: other threads are at work with what that would take apart.
            _exit(EXIT_SUCCESS)
        }
    }

    static let stopped = "Stopped. Everything that was accepted is on disk."
}

/// Prints a line at once, also where standard output is a pipe or a file.
func say(_ line: String) {
    try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
}
