/// Who is who, as plainly as it can be said: lists that are looked through for each answer. Persons are counted from 0, or
/// as the caller numbers them if it only tells of merges.
///
/// Shares no code with the server. Source: Documentation/events-and-identity.md E25 to E27, E30.
public struct PlainIdentity: Sendable {
    public enum Cause: String, Sendable { case login, mapping, unmapping }

    /// From then on one person's events are another's; or, after an unmapping, the person's own again.
    public struct Merge: Hashable, Sendable {
        public var from, into: Int
        /// Milliseconds since the epoch.
        public var time: Int64
        public var cause: Cause

        public init(from: Int, into: Int, time: Int64, cause: Cause) {
            (self.from, self.into, self.time, self.cause) = (from, into, time, cause)
        }
    }

    /// By person; `nil` while anonymous.
    public private(set) var userIDs: [String?] = []
    /// In order of arrival.
    public private(set) var merges: [Merge] = []
    private var latestUserOnDevice: [String: String] = [:]
    /// Anonymous persons whom nobody has claimed yet.
    private var anonymousOnDevice: [String: Int] = [:]

    public init() {}

    // MARK: What happens

    /// Whose event it is, by the table of Documentation/events-and-identity.md E25 to E27, row by row.
    public mutating func person(userID: String?, device: String, at time: Int64) -> Int {
        guard let userID else {
            if let user = latestUserOnDevice[device] { return known(user)! }
            if let anonymous = anonymousOnDevice[device] { return anonymous }
            anonymousOnDevice[device] = create(nil)
            return userIDs.count - 1
        }
        latestUserOnDevice[device] = userID
        let anonymous = anonymousOnDevice.removeValue(forKey: device)
        if let known = known(userID) {
            if let anonymous { add(Merge(from: anonymous, into: known, time: time, cause: .login)) }
            return known
        }
        guard let anonymous else { return create(userID) }
        userIDs[anonymous] = userID
        return anonymous
    }

    /// The person with a user id, who is new if nobody has it.
    public mutating func user(_ userID: String) -> Int { known(userID) ?? create(userID) }

    /// One user's events are another's from now on.
    public mutating func map(_ user: Int, to global: Int, at time: Int64) {
        if user == global { return }
        // Whoever stands for this one on the way from the other stands for itself from now on.
        if let last = way(from: global).last(where: { standing(of: $0)?.into == user }) {
            add(Merge(from: last, into: last, time: time, cause: .unmapping))
        }
        add(Merge(from: user, into: global, time: time, cause: .mapping))
    }

    public mutating func unmap(_ user: Int, at time: Int64) {
        if root(of: user) != user { add(Merge(from: user, into: user, time: time, cause: .unmapping)) }
    }

    public mutating func add(_ merge: Merge) { merges.append(merge) }

    private func known(_ userID: String) -> Int? { userIDs.firstIndex(of: userID) }

    private mutating func create(_ userID: String?) -> Int {
        userIDs.append(userID)
        return userIDs.count - 1
    }

    // MARK: What is so now

    /// Whose events those are that name only the device; `nil` if nothing came from it.
    public func person(onDevice device: String) -> Int? {
        latestUserOnDevice[device].flatMap(known) ?? anonymousOnDevice[device]
    }

    /// Where a person stands; `nil` for whoever is on their own.
    public func standing(of person: Int) -> Merge? {
        merges.last { $0.from == person }.flatMap { $0.cause == .unmapping ? nil : $0 }
    }

    private func way(from person: Int) -> [Int] {
        [person] + (standing(of: person).map { way(from: $0.into) } ?? [])
    }

    /// The person for whom another one's events count, after all merges.
    public func root(of person: Int) -> Int { way(from: person).last! }

    /// The same after logins alone: mapped users are others.
    public func rootByLogin(of person: Int) -> Int {
        guard let merge = standing(of: person), merge.cause == .login else { return person }
        return rootByLogin(of: merge.into)
    }
}
