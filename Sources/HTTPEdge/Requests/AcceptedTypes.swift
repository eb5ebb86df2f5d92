/// The content types that a client accepts for an answer, with weights (RFC 9110 §12.5.1).
public struct AcceptedTypes {
    private var weights: [(type: String, weight: Double)] = []

    /// - Parameter header: the value of `Accept`.
    public init(_ header: String?) {
        for element in (header ?? "").lowercased().split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let type = parts.first else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            weights.append((type, weight))
        }
    }

    /// Whether a table is asked for by name, and JSON is not liked better: of two that are liked as much, the one that is
    /// named first.
    public var prefersCSV: Bool {
        guard let table = weights.firstIndex(where: { $0.type == "text/csv" }), weights[table].weight > 0 else {
            return false
        }
        guard let json = weights.firstIndex(where: { $0.type == "application/json" }) else { return true }
        return (-weights[table].weight, table) < (-weights[json].weight, json)
    }
}
