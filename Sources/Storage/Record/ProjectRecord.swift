/// A project's durable truth: the journal, and what else its parts must remember between batches.
///
/// Whoever needs only a part names that part's protocol. Source: Documentation/operations.md O1.
public protocol ProjectRecord: ChartsRecord, CohortsRecord, DataRequestsRecord, DeletionRecord, EventSettingsRecord,
    FingerprintRecord, IdentityRecord, Journal, KeepingRecord, Ledger, LookupTablesRecord, NamesRecord, PeopleRecord,
    PlanFindingsRecord, Rejects, RemarksRecord
{}
