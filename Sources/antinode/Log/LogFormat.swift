import EventModel
import Foundation
import Logging

/// How the log is written to standard error. Raw value: its name on the command line.
enum LogFormat: String {
    case text, json

    /// Before the first logger is made, once.
    func bootstrap() {
        switch self {
        case .text: LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        case .json:
            LoggingSystem.bootstrap { label in
                JSONLogHandler(label: label, now: { .now }) { line in
                    try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
                }
            }
        }
    }
}
