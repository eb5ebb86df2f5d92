public import EventModel
public import Storage

/// How far a project's events were at one moment, and which of them nobody might see.
public struct ColumnState: Equatable, Sendable {
    /// Of the store: another one has other rows.
    var edition: Int
    var progress: StoreProgress
    var merges: Int
    var hiddenVersion: Int
    /// Events of before have left.
    var cut: Timestamp?
}

extension ColumnStore {
    /// How far the store is now, for ``changed(since:)``.
    public func state() throws(EventStoreError) -> ColumnState {
        follow()
        let now = try store.progress()
        let merges = mergesKnown + (try store.merges(after: mergesKnown).count)
        let hidden = try hiddenPeople()
        return ColumnState(
            edition: edition,
            progress: now,
            merges: merges,
            hiddenVersion: hidden.version,
            cut: hidden.cut
        )
    }

    /// People whose events are others than they were, by some of their keys: with events that arrived since, or merged
    /// since.
    ///
    /// - Returns: `nil` if that cannot be told: somebody was deleted or came back, days have left, or people were
    ///   mapped.
    public func changed(since before: ColumnState, until now: ColumnState) throws(EventStoreError) -> UserKeySet? {
        guard before.edition == now.edition, before.edition == edition, before.hiddenVersion == now.hiddenVersion,
            before.cut == now.cut
        else { return nil }
        var changed = UserKeySet()
        let (start, end) = (before.progress.rows, now.progress.rows)
        if start < end {
            try store.readEvents(EventSelection(rows: start..<end)) { users, _, _ in
                for index in users.indices { changed.insert(number: users[index]) }
            }
        }
        for merge in try store.merges(after: before.merges) {
            // Mappings may part people who were one.
            guard merge.cause == .login else { return nil }
            changed.insert(merge.from)
            changed.insert(merge.into)
        }
        return changed
    }

    /// All keys of the people to whom these keys belong, as far as views know of merges.
    public func keys(ofSamePeople keys: UserKeySet) -> UserKeySet { people.keys(ofSamePeople: keys) }
}
