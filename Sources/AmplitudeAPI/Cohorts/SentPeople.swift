import EventModel
import HTTPEdge
import JSONTape
import Storage

/// People as a request names them: by Amplitude IDs or by user ids. Source: Documentation/cohorts.md G2.
struct SentPeople {
    enum Kind {
        case amplitudeID, userID

        /// Under all names that Amplitude's pages and clients have for it.
        init?(_ text: String) {
            switch text {
            case "BY_AMP_ID", "BY_ID": self = .amplitudeID
            case "BY_USER_ID", "BY_NAME": self = .userID
            default: return nil
            }
        }
    }

    let kind: Kind
    let ids: [String]

    static let most = 100_000

    /// Reads `ids` and `id_type`.
    init(_ sent: SentObject) throws(Failure) {
        guard let type = sent.root["id_type"]?.string, let kind = Kind(type) else {
            throw .member("id_type", "must be BY_AMP_ID (or BY_ID) or BY_USER_ID (or BY_NAME).")
        }
        self.kind = kind
        var ids: [String] = []
        if let list = sent.root["ids"], list.kind == .array {
            for element in list.elements {
                guard let id = element.string ?? element.integer.map({ String($0) }) else {
                    throw .member("ids", "must be a list of ids, such as [\"ann@example.com\"].")
                }
                ids.append(id)
                guard ids.count <= Self.most else { throw .member("ids", "must be at most \(Self.most) at a time.") }
            }
        }
        if ids.isEmpty { throw .member("ids", "must be a list of at least one id, such as [\"ann@example.com\"].") }
        self.ids = ids
    }

    /// Who they are, and the ids that are nobody's, in their order.
    func find(in record: any ProjectRecord, _ people: CohortPeople) throws -> (users: UserKeySet, unknown: [String]) {
        let found: [UserKey?]
        switch kind {
        case .userID: found = try record.users(withIDs: ids)
        // No person has the number 0.
        case .amplitudeID: found = try record.users(ids.map { AmplitudeID(Int64($0) ?? 0) })
        }
        var (users, unknown): (UserKeySet, [String]) = (UserKeySet(), [])
        for (id, user) in zip(ids, found) {
            if let user, !people.isHidden(user) { users.insert(user) } else { unknown.append(id) }
        }
        return (users, unknown)
    }
}
