public import EventModel
public import Storage

extension [UserKey: Merge] {
    /// By user key, the merge that holds of it.
    public init(standing merges: [Merge]) {
        self.init(merges.map { ($0.from, $0) }, uniquingKeysWith: { _, later in later })
    }

    /// The key that callers see of whoever has one: where its logins lead. Who is only mapped to somebody stays somebody of
    /// their own. Source: Documentation/events-and-identity.md E28, E30.
    public func canonical(of user: UserKey) -> UserKey {
        var canonical = user
        // Merges form no circles, but a damaged record must not hang the server.
        for _ in 0..<1_000 {
            guard let merge = self[canonical], merge.cause == .login else { break }
            canonical = merge.into
        }
        return canonical
    }
}
