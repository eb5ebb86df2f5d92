/// The codings that a client accepts for an answer, with weights (RFC 9110 §12.5.3).
struct AcceptedCodings {
    /// From 0, which is not at all, to 1.
    private var weights: [String: Double] = [:]

    /// - Parameter header: the value of `Accept-Encoding`.
    init(_ header: String?) {
        for element in (header ?? "").lowercased().split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let coding = parts.first else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            weights[coding == "x-gzip" ? "gzip" : coding] = weight
        }
    }

    /// Whether gzip is accepted, and nothing says that the plain answer is liked better.
    var prefersGzip: Bool {
        let gzip = weights["gzip"] ?? weights["*"] ?? 0
        return gzip > 0 && gzip >= weights["identity"] ?? 0
    }
}
