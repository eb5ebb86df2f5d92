import Foundation
import SQLiteFiles

/// What a command cannot do, as a sentence with the next step. It ends the command; the command line was right.
struct Complaint: Error, CustomStringConvertible {
    var description: String

    init(_ sentence: String) {
        description = sentence
    }

    /// Any error, in words.
    init(_ error: any Error) {
        let reason = reason(of: error)
        let end = reason.last.map { ".!?`\n".contains($0) } ?? false ? "" : "."
        description = reason.prefix(1).uppercased() + reason.dropFirst() + end
    }
}
