import DuckDBStore
import Ingestion
import ProjectHosting
import PrometheusMetrics

/// What is looked up for `/metrics` when it is asked, beside what is counted and timed all along.
struct ServerFigures {
    var disk: DiskSpace
    var projects: [ProjectFigures]

    var all: [Figure] {
        let build = [
            ("version", ServerVersion.number), ("build", ServerVersion.build),
            ("duckdb", DuckDBEventStore.libraryVersion),
        ]
        var figures = [
            Figure("antinode_build_info", 1, labels: build), Figure("antinode_disk_free_bytes", Double(disk.freeBytes)),
            Figure("antinode_disk_reserve_bytes", Double(DiskSpace.reserveBytes)),
            Figure("antinode_open_projects", Double(projects.count)),
        ]
        for project in projects {
            func add(_ name: String, _ value: Double, waitingFor step: String? = nil) {
                let labels = [("project", project.project)] + (step.map { [("for", $0)] } ?? [])
                figures.append(Figure(name, value, labels: labels))
            }
            add("antinode_columns_behind_batches", Double(project.lag.batches))
            add("antinode_columns_behind_seconds", project.lag.seconds)
            add("antinode_waiting_events", Double(project.waitingEvents), waitingFor: "commit")
            add("antinode_waiting_events", Double(project.lag.waitingEvents), waitingFor: "columns")
            add("antinode_waiting_bytes", Double(project.waitingBytes), waitingFor: "commit")
            add("antinode_waiting_bytes", Double(project.lag.waitingBytes), waitingFor: "columns")
            add("antinode_held_events", Double(project.heldEvents))
        }
        return figures + ProcessFigures.current
    }

    /// What each family of figures tells, those of the libraries, too.
    static let descriptions = [
        "antinode_build_info": "1, with the version of the server and of what it is built with as labels.",
        "antinode_disk_free_bytes": "Bytes that are free where the data is.",
        "antinode_disk_reserve_bytes": "With fewer bytes free than this, no more events are taken.",
        "antinode_open_projects": "Projects whose files are open.",
        "antinode_columns_behind_batches": "Batches that are on disk, but not in the columns yet.",
        "antinode_columns_behind_seconds":
            "Seconds since the columns last had everything or got nearer to it; 0 when they"
            + " have everything. Some seconds are as it should be.",
        "antinode_waiting_events": "Events in memory that wait for a commit, or for the columns.",
        "antinode_waiting_bytes": "Bytes of the events in memory that wait for a commit, or for the columns.",
        "antinode_held_events":
            "Events that are to leave for their age, and stay until `antinode compact --yes`, as that would be too many, or"
            + " the clock may be wrong.",
        "antinode_events_total": "Events that came in, by what became of them.",
        "antinode_commit_seconds": "How long it took to bring a batch of events to the disk.",
        "antinode_unknown_key_requests_total": "Requests with an API key that no project has.",
        "antinode_plan_findings_total": "Values of stored events that are not as the project's tracking plan says.",
        "antinode_old_key_uses_total": "Requests with a key that was replaced and still works.",
        "antinode_connections": "Connections that are open.",
        "antinode_connections_refused_total": "Connections that were refused or ended by the server, by the reason.",
        "antinode_connections_crowded_out_total": "Idle connections that were closed to make room for new ones.",
        "antinode_accept_failures_total":
            "Connections that the system could not hand over, as when descriptors run out.",
        "antinode_request_body_bytes": "Bytes of requests' bodies in memory.",
        "hb_requests_total": "Requests that were answered.",
        "hb_request_errors_total": "Requests that failed inside the server.",
        "http_server_active_requests": "Requests that are being answered.",
        "http_server_request_duration_seconds":
            "How long requests took, until the last byte of the answer was written.",
    ].merging(ProcessFigures.descriptions) { first, _ in first }
}
