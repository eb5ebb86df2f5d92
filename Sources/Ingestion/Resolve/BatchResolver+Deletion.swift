import EventModel
import Storage

/// What a deletion, and its cancel, mean for whoever comes next. Source: Documentation/data.md D10, D11.
extension BatchResolver {
    /// From now on who brings one of the person's ids is somebody new. After the record has it.
    mutating func forget(_ deletion: Deletion) {
        memory.people.forget(deletion)
    }

    /// Gives a person back what led to them. Where somebody new has it meanwhile, the two are one from now on, as after a
    /// login.
    mutating func restore(_ deletion: Deletion, at time: Timestamp) throws(ProjectRecordError) {
        memory.begin(event: 0)
        let takers = try restoreUserIDs(of: deletion)
        for (key, taker) in takers.sorted(by: { $0.key < $1.key }) { try join(key, to: taker, takers, at: time) }
        for device in deletion.devices {
            let user = takers[device.user] ?? device.user
            try restore(device, of: user, at: time)
        }
    }

    /// - Returns: by key, who has its `user_id` now.
    private mutating func restoreUserIDs(of deletion: Deletion) throws(ProjectRecordError) -> [UserKey: UserKey] {
        var takers: [UserKey: UserKey] = [:]
        for user in deletion.users {
            guard let userID = user.userID else { continue }
            let fingerprint = Fingerprint(secretly: userID.utf8Span.span)
            if let taker = try memory.people.user(fingerprint, { userID }) {
                takers[user.key] = taker
            } else {
                memory.people.name(user.key, userID, fingerprint)
            }
        }
        return takers
    }

    /// What the key was counted into holds for who has its `user_id` now, unless they were mapped meanwhile.
    private mutating func join(
        _ key: UserKey,
        to taker: UserKey,
        _ takers: [UserKey: UserKey],
        at time: Timestamp
    ) throws(ProjectRecordError) {
        let target = try memory.mergeTarget(of: key)
        try memory.merge(Merge(from: key, into: taker, time: time, cause: .login))
        guard let target, try memory.mergeTarget(of: taker) == nil else { return }
        let global = takers[target] ?? target
        if try root(of: global) == taker { return }
        try memory.merge(Merge(from: taker, into: global, time: time, cause: .mapping))
    }

    /// - Parameter user: for whom it stood.
    private mutating func restore(
        _ device: DeletedDevice,
        of user: UserKey,
        at time: Timestamp
    ) throws(ProjectRecordError) {
        guard let deviceID = device.deviceID else { return }
        let fingerprint = Fingerprint(secretly: deviceID.utf8Span.span)
        guard let now = try memory.people.device(fingerprint, { deviceID }) else { return }
        func link(isUnclaimed: Bool) {
            _ = memory.people.link(fingerprint, deviceID, known: now, to: user, isUnclaimed: isUnclaimed)
        }
        if now.isAbandoned { return link(isUnclaimed: device.isUnclaimed) }
        if device.isUnclaimed {
            // Nobody had logged in on it: whoever came after is the same person.
            let (before, after) = (try root(of: user), try root(of: now.user))
            if before != after { try memory.merge(Merge(from: before, into: after, time: time, cause: .login)) }
        } else if now.isUnclaimed {
            // A known user, and an anonymous one on the same device.
            if try root(of: now.user) != root(of: user) {
                try memory.merge(Merge(from: now.user, into: user, time: time, cause: .login))
            }
            link(isUnclaimed: false)
        }
        // Otherwise another user has logged in on it, and it is theirs.
    }

    /// The one into whom a user is counted, over all merges.
    private mutating func root(of user: UserKey) throws(ProjectRecordError) -> UserKey {
        var root = user
        while let next = try memory.mergeTarget(of: root) { root = next }
        return root
    }
}
