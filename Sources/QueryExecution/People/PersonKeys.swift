import EventModel
import Storage

/// The user keys that are one person. Source: Documentation/events-and-identity.md E28, E30.
///
/// An anonymous id that was merged at a login is the person whom it was merged into. A user that was *mapped* to another
/// one stays somebody of its own, with its own properties; the other one's events include its events.
struct PersonKeys {
    /// The one into which the others were merged: the Amplitude ID that callers see.
    let canonical: UserKey
    /// Keys that are this person, itself first.
    private(set) var identities: [UserKey]
    /// Keys whose events are this person's, itself first.
    private(set) var all: [UserKey]

    /// The person of a key, whichever it is.
    init(of user: UserKey, _ record: any ProjectRecord) throws(ProjectRecordError) {
        var canonical = user
        // Merges form no circles, but a damaged record must not hang the server.
        for _ in 0..<1_000 {
            guard let merge = try record.merge(of: canonical), merge.cause == .login else { break }
            canonical = merge.into
        }
        self.canonical = canonical
        identities = [canonical]
        all = [canonical]
        var seen: Set<UserKey> = [canonical]
        var isIdentity: Set<UserKey> = [canonical]
        var next = 0
        while next < all.count {
            let user = all[next]
            next += 1
            for merge in try record.merges(into: user) where seen.insert(merge.from).inserted {
                all.append(merge.from)
                if merge.cause == .login, isIdentity.contains(user) {
                    isIdentity.insert(merge.from)
                    identities.append(merge.from)
                }
            }
        }
    }
}
