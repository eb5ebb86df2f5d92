public import EventModel
public import Storage

/// How far a project's events were at one moment, and which of them nobody might see.
public struct ColumnState: Equatable, Sendable {
    /// Of the store: another one has other rows.
    var edition: Int
    var progress: StoreProgress
    var merges: Int
    var hiddenVersion: Int
}

extension ColumnStore {
    /// How far the store is now, for ``changed(since:)``.
    public func state() throws(EventStoreError) -> ColumnState {
        follow()
        let now = try store.progress()
        let merges = mergesKnown + (try store.merges(after: mergesKnown).count)
        return ColumnState(edition: edition, progress: now, merges: merges, hiddenVersion: try hiddenPeople().version)
    }

    /// People whose events are others than they were, by some of their keys: with events that arrived since, or merged
    /// since.
    ///
    /// - Returns: `nil` if that cannot be told: somebody was deleted or came back, or people were mapped.
    public func changed(since before: ColumnState, until now: ColumnState) throws(EventStoreError) -> UserKeySet? {
        guard before.edition == now.edition, before.edition == edition, before.hiddenVersion == now.hiddenVersion else {
            return nil
        }
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
}
