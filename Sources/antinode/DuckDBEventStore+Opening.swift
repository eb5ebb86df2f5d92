import DuckDBStore
import EventModel
import Foundation
import Logging
import ProjectHosting
import Storage

extension DuckDBEventStore {
    /// Opens each project's events as `events.duckdb` in its folder, and logs what was wrong with a file.
    static func open(_ logger: Logger) -> StoreOpening {
        { project, folder, committed in
            let files = EventFolder(folder)
            try files.settle()
            return try DuckDBEventStore(path: files.file.path, committed: committed, report: report(project, logger))
        }
    }

    /// Opens a file beside the one that is in use.
    static func openNext(_ logger: Logger) -> NextStoreOpening {
        { project, folder, current in
            let current = current as? DuckDBEventStore
            let next = try EventFolder(folder).openNext(beside: current, report: report(project, logger))
            return NextStore(next.store, take: next.take, discard: next.discard, settle: next.settle)
        }
    }

    private static func report(_ project: Project, _ logger: Logger) -> @Sendable (String) -> Void {
        { remark in logger.warning("\(remark)", metadata: ["project": "\(project.name)"]) }
    }
}

extension HostingSettings {
    /// With DuckDB for columns, and the machine's clock.
    init(_ logger: Logger) {
        self.init(openStore: DuckDBEventStore.open(logger), now: { .now }, logger: logger)
        openNextStore = DuckDBEventStore.openNext(logger)
    }
}
