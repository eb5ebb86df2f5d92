import EventModel
public import Storage

extension PlainIdentity {
    /// Nothing but what merges say; persons are numbered as user keys are.
    public init(_ merges: some Sequence<Storage.Merge>) {
        self.init()
        for merge in merges {
            let (from, into) = (Int(merge.from.number), Int(merge.into.number))
            add(
                Merge(
                    from: from,
                    into: into,
                    time: merge.time.milliseconds,
                    cause: Cause(rawValue: merge.cause.rawValue)!
                )
            )
        }
    }
}
