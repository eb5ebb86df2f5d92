public import EventModel

/// One transaction on the record.
public struct RecordChange: Sendable {
    /// What goes into the journal; its sequence is given by the record.
    public var batch: JournalBatch
    /// Users and devices as they are from now on.
    public var users: [UserState]
    /// Users of whom nothing else has changed.
    public var snapshots: [Numbered<UserKey, UserSnapshot>] = []
    /// Bundles that came for the first time.
    public var propertyBundles: [Numbered<PropertyBundleID, PropertyBundle>] = []
    /// When single properties arrived, of users of whom all is said.
    public var arrivals: [PropertyArrival] = []
    /// Users who have a large set of properties now, or had one before.
    public var ownProperties: [Numbered<UserKey, OwnProperties?>] = []
    /// Users of whom all is said by ``arrivals``: what their bundles said before holds no more.
    public var settledUsers: [UserKey] = []
    /// What came with this change's events, after its users were settled. For the log.
    public var received: [BundleArrival] = []
    /// Everything that the log says, and this change: it goes where it is found by user, and the log is empty then.
    public var collected: [BundleArrival]?
    public var devices: [DeviceState]
    /// Who has been imported for the first time, by the number that they had where they come from.
    public var importedPeople: [Numbered<AmplitudeID, UserKey>] = []
    /// What stands for rows that were imported.
    public var importedRows: [Fingerprint] = []
    public var groups: [GroupState]
    public var fingerprints: [Fingerprint]
    public var ledger: LedgerCounts
    /// What of the events is not as the tracking plan says.
    public var planFindings = PlanFindingCounts()

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
