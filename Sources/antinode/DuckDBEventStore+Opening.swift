import DuckDBStore
import EventModel
import Foundation
import Logging
import ProjectHosting

extension DuckDBEventStore {
    /// Opens each project's events as `events.duckdb` in its folder, and logs what was wrong with a file.
    static func open(_ logger: Logger) -> StoreOpening {
        { project, folder, committed in
            try DuckDBEventStore(
                path: folder.appendingPathComponent("events.duckdb").path,
                committed: committed
            ) { remark in
                logger.warning("\(remark)", metadata: ["project": "\(project.name)"])
            }
        }
    }
}
