import AmplitudeAPI
import DuckDB
import DuckDBStore
import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import Ingestion
import Logging
import ProjectHosting
import ProjectStore
import Storage
import Synchronization

/// One project behind the HTTP API, with a clock that is set by hand, which can be closed and opened again.
final class OracleServer: ProjectHost {
    static let apiKey = "0123456789abcdef0123456789abcdef"
    static let secretKey = "fedcba9876543210fedcba9876543210"

    private let folder: URL
    private let feedsWhileRunning: Bool
    private let open = Mutex<OpenProject?>(nil)
    /// Milliseconds since the epoch.
    private let clock = Mutex<Int64>(1_709_294_400_000)

    /// - Parameter feedsWhileRunning: whether events come into DuckDB as they arrive. Otherwise they come there at the
    ///   end, from the journal.
    init(feedsWhileRunning: Bool) throws {
        self.feedsWhileRunning = feedsWhileRunning
        // Memory, where the system has it as a folder: thousands of commits need no disk.
        let memory = URL(fileURLWithPath: "/dev/shm")
        let parent =
            FileManager.default.isWritableFile(atPath: memory.path) ? memory : FileManager.default.temporaryDirectory
        folder = parent.appendingPathComponent("antinode-\(UUID().uuidString)")
        try start()
    }

    deinit {
        open.withLock { $0?.record.close() }
        try? FileManager.default.removeItem(at: folder)
    }

    var now: Int64 { clock.withLock { $0 } }

    func wait(_ milliseconds: Int64) { clock.withLock { $0 += milliseconds } }

    func restart() async throws {
        await close()
        try start()
    }

    private func start(fillsStore: Bool = false) throws {
        var logger = Logger(label: "oracle")
        logger.logLevel = .critical
        let usesFile = feedsWhileRunning || fillsStore
        let settings = HostingSettings(
            openStore: { [path = databasePath] _, _, committed in
                if usesFile { return try DuckDBEventStore(path: path, committed: committed) }
                return MemoryEventStore()
            },
            now: { [weak self] in Timestamp(milliseconds: self?.now ?? 0) },
            logger: logger
        )
        let project = Project(id: 1, name: "oracle", timeZone: .utc, apiKey: Self.apiKey, secretKey: Self.secretKey)
        let opened = try OpenProject(project, folder: folder, settings: settings)
        open.withLock { $0 = opened }
    }

    /// On return DuckDB has let go of its file: in one process nothing would keep two from writing to it.
    private func close() async {
        await open.withLock { $0 }?.close()
        open.withLock { $0 = nil }
    }

    func project(withAPIKey key: String) async -> HostedProject? {
        key == Self.apiKey ? open.withLock { $0?.hosted } : nil
    }

    func project(withSecretKey key: String) async -> HostedProject? { nil }

    var application: some ApplicationProtocol {
        let router = Router()
        API(self, families: Family.amplitude()).add(to: router)
        return Application(router: router)
    }

    // MARK: What is stored

    private var databasePath: String { folder.appendingPathComponent("events.duckdb").path }

    /// The texts of a query's rows on the project's DuckDB file. The server ends with this.
    func stored() async throws -> StoredProject {
        let record = open.withLock { $0!.record }
        var stored = StoredProject(ledger: try record.ledgerTotals())
        await close()
        if !feedsWhileRunning {
            try start(fillsStore: true)
            await close()
        }
        let connection = try Connection(Database(.file(databasePath)))
        for query in StoredProject.Query.allCases {
            var rows: [[String?]] = []
            try connection.query(query.sql) { chunk throws(DatabaseError) in
                for row in 0..<chunk.count {
                    rows.append((0..<chunk.columnCount).map { chunk.string($0, row).map(Plain.spelled) })
                }
                return true
            }
            stored.rows[query] = rows
        }
        return stored
    }

    func properties(ofGroup group: [String]) throws -> Plain? {
        let record = open.withLock { $0!.record }
        return try record.groupProperties(type: Plain.unspelled(group[0]), value: Plain.unspelled(group[1]))
            .flatMap { Plain(json: $0) }
    }
}

/// What a project's files hold: names instead of numbers, everything as text.
struct StoredProject {
    var ledger: LedgerCounts
    var rows: [Query: [[String?]]] = [:]

    enum Query: CaseIterable {
        case events, users, merges, propertyNames

        /// Everything of an event that can be seen, in arrival order; the context's fields come last.
        var sql: String {
            switch self {
            case .events:
                """
                SELECT e."user"::VARCHAR, CASE WHEN e.named_user = 0 THEN NULL ELSE u.user_id END, d.device_id, t.name,
                    e.time::VARCHAR, e.client_time::VARCHAR, e.upload_time::VARCHAR, e.received_time::VARCHAR,
                    e.session_id::VARCHAR, e.event_id::VARCHAR, e.insert_id,
                    coalesce(e.event_properties, \(StoredProject.long(1, "e.rowid"))),
                    coalesce(p.properties, \(StoredProject.long(3, "e.user_properties")), '{}'), e.revenue::VARCHAR,
                    coalesce(e.extras, \(StoredProject.long(2, "e.rowid"))), (e.door & 7)::VARCHAR,
                    ((e.door & 8) <> 0)::VARCHAR,
                    \(StoredProject.contextFields.map { "c.\($0)" }.joined(separator: ", "))
                FROM events e
                JOIN event_types t ON t.id = e.type
                JOIN contexts c ON c.id = e.context
                LEFT JOIN property_sets p ON p.id = e.user_properties
                LEFT JOIN devices d ON d.id = e.device
                LEFT JOIN (SELECT key, arg_max(user_id, sequence) AS user_id FROM users GROUP BY key) u
                    ON u.key = e.named_user
                ORDER BY e.rowid
                """
            case .users: "SELECT key::VARCHAR, arg_max(user_id, sequence) FROM users GROUP BY key"
            case .merges:
                "SELECT from_user::VARCHAR, into_user::VARCHAR, time::VARCHAR, cause FROM merges ORDER BY rowid"
            case .propertyNames: "SELECT kind, name FROM property_names"
            }
        }
    }

    private static func long(_ kind: Int, _ id: String) -> String {
        "(SELECT string_agg(l.text, '' ORDER BY l.part) FROM long_texts l WHERE l.kind = \(kind) AND l.id = \(id))"
    }

    static let contextFields = [
        "version", "platform", "os_name", "os_version", "device_brand", "device_manufacturer", "device_model",
        "carrier",
        "country", "region", "city", "dma", "language", "library", "start_version", "paying",
    ]
}
