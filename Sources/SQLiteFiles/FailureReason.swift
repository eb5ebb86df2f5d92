import Foundation
import GRDB

/// Why something that was tried with files or with SQLite failed: half a sentence, to come after a colon, in the words of
/// whoever refused it.
package func reason(of error: any Error) -> String {
    if let error = error as? GRDB.DatabaseError {
        let isDamaged = [ResultCode.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode)
        return "\(error.message ?? "it gave no reason") (SQLite's error \(error.extendedResultCode.rawValue))"
            + (isDamaged ? "; restore it from a backup" : "")
    }
    let foundation = error as NSError
    guard [NSCocoaErrorDomain, NSPOSIXErrorDomain, NSURLErrorDomain].contains(foundation.domain) else {
        return "\(error)"
    }
    if let cause = foundation.userInfo[NSUnderlyingErrorKey] as? any Error { return reason(of: cause) }
    if let detail = foundation.userInfo["NSDebugDescription"] as? String { return detail.withoutFullStop }
    // What says no more than that something failed has a code in it.
    let text = foundation.localizedDescription.replacing("The operation could not be completed. ", with: "")
    return text.contains(foundation.domain) ? "the system gave no reason" : text.withoutFullStop
}

extension String {
    fileprivate var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
