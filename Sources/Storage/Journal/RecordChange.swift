public import EventModel

/// One transaction on the record.
public struct RecordChange: Sendable {
    /// What goes into the journal; its sequence is given by the record.
    public var batch: JournalBatch
    /// Users and devices as they are from now on.
    public var users: [UserState]
    /// Users of whom nothing else has changed.
    public var snapshots: [Numbered<UserKey, UserSnapshot>] = []
    /// Values that arrived otherwise than with their user; of two for one property the later in the list holds.
    public var arrivals: [PropertyArrival] = []
    /// Users who have a large set of properties now, or had one before.
    public var ownProperties: [Numbered<UserKey, OwnProperties?>] = []
    public var devices: [DeviceState]
    public var groups: [GroupState]
    public var fingerprints: [Fingerprint]
    public var ledger: LedgerCounts

    public init(
        batch: JournalBatch,
        users: [UserState] = [],
        devices: [DeviceState] = [],
        groups: [GroupState] = [],
        fingerprints: [Fingerprint] = [],
        ledger: LedgerCounts = LedgerCounts()
    ) {
        self.batch = batch
        self.users = users
        self.devices = devices
        self.groups = groups
        self.fingerprints = fingerprints
        self.ledger = ledger
    }
}
