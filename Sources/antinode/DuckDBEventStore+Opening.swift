import DuckDBStore
import EventModel
import Foundation
import Logging
import ProjectHosting

extension DuckDBEventStore {
    /// Opens each project's events as `events.duckdb` in its folder, and logs when a file had to be put away.
    static func open(_ logger: Logger) -> StoreOpening {
        { project, folder, committed in
            let path = folder.appendingPathComponent("events.duckdb").path
            let store = try DuckDBEventStore(path: path, committed: committed)
            if let reason = store.putAway {
                logger.warning(
                    "events.duckdb was of no use and is made anew from the journal",
                    metadata: ["project": "\(project.name)", "reason": "\(reason)"]
                )
            }
            return store
        }
    }
}
