import Metrics

/// What becomes of connections, in figures.
struct ConnectionMeasures: Sendable {
    private let open = Meter(label: "antinode_connections")
    private let held = Meter(label: "antinode_request_body_bytes")
    private let notAccepted = Counter(label: "antinode_accept_failures_total")
    private let crowdedOut = Counter(label: "antinode_connections_crowded_out_total")

    func opened() { open.increment() }
    func closed() { open.decrement() }
    func holds(_ bytes: Int) { held.set(bytes) }
    func failedToAccept() { notAccepted.increment() }
    func crowdedOut(_ count: Int) { crowdedOut.increment(by: count) }

    func refused(_ refusal: ConnectionRefusal) {
        Counter(label: "antinode_connections_refused_total", dimensions: [("reason", refusal.code)]).increment()
    }
}
