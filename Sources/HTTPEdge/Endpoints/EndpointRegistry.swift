/// All endpoints of a server, by path.
public struct EndpointRegistry: Sendable {
    struct Entry: Sendable {
        var endpoint: Endpoint
        var family: Family
        /// `nil` stands for a part that varies.
        var parts: [Substring?]
    }

    let entries: [Entry]
    /// Those that are questions, by path.
    public let questions: [String: AnyQuestion]
    private let families: [Family]

    /// - Parameter families: at least one; the first answers for paths that fit no other's prefixes.
    init(_ families: [Family]) {
        self.families = families
        entries = families.flatMap { family in
            family.endpoints.map { endpoint in
                Entry(
                    endpoint: endpoint,
                    family: family,
                    parts: endpoint.path.split(separator: "/").map { $0.first == "{" ? nil : $0 }
                )
            }
        }
        questions = Dictionary(
            entries.compactMap { entry in entry.endpoint.question.map { (entry.endpoint.path, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The endpoint that a method and path lead to.
    public func endpoint(_ method: Endpoint.Method = .get, at path: String) -> Endpoint? {
        entries(at: path).first { $0.endpoint.methods.contains(method) }?.endpoint
    }

    /// Those of a path, as it was sent, whatever their methods. One that names it whole hides those with parts that vary.
    func entries(at path: String) -> [Entry] {
        let parts = path.split(separator: "/")
        let matching = entries.filter { entry in
            entry.parts.count == parts.count && zip(entry.parts, parts).allSatisfy { $0 == nil || $0 == $1 }
        }
        let fewest = matching.map { $0.parts.count { $0 == nil } }.min()
        return matching.filter { $0.parts.count { $0 == nil } == fewest }
    }

    /// The family in whose words a path is refused, whatever the method; where the path is not known, the first.
    func family(answeringAt path: String?) -> Family {
        guard let path else { return families[0] }
        return entries(at: path).first?.family ?? family(of: path)
    }

    /// The family that answers for a path that nobody knows.
    func family(of path: String) -> Family {
        let candidates = families.flatMap { family in family.prefixes.map { (family, $0) } }
            .filter { path == $1 || path.hasPrefix($1 + "/") }
        return candidates.max { $0.1.utf8.count < $1.1.utf8.count }?.0 ?? families[0]
    }
}
