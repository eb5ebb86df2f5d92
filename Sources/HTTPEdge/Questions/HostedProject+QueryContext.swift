import EventModel
public import QueryExecution
import QueryModel
import Storage

extension HostedProject {
    /// What the project's questions take from it beside the events.
    public func queryContext() throws(QueryError) -> QueryContext {
        let settings: EventSettings
        let tables: [LookupTable]
        do {
            settings = try record.eventSettings()
            tables = try record.lookupTables()
        } catch {
            throw .unavailable(detail: "\(error)")
        }
        return QueryContext(
            zone: project.timeZone,
            now: now(),
            retentionDays: project.retentionDays,
            inactiveTypes: Set(settings.types.keys.filter { !settings.isActive($0) }),
            hiddenTypes: Set(settings.types.keys.filter { !settings.countsForSessionLength($0) }),
            customEvents: Dictionary(
                settings.customEvents.compactMap { name, json in
                    // They were checked when they were saved.
                    (try? CustomEvent(name: name.string, json: json.string)).map { (name, $0) }
                },
                uniquingKeysWith: { first, _ in first }
            ),
            lookups: tables.compactMap { Lookup($0, in: record) },
            cohort: { [record] id in
                let id = ExactText(id)
                return try await BlockingQueue.cohorts.run { () throws(any Error) -> CohortSource? in
                    guard let cohort = try record.cohort(id), !cohort.isArchived else { return nil }
                    guard let definition = cohort.definition else { return .list(try record.members(of: id)) }
                    return .rule(try PeopleRule(kept: definition.string))
                }
            }
        )
    }
}

extension Lookup {
    /// `nil` of a table that says more of groups: questions do not know their properties.
    fileprivate init?(_ table: LookupTable, in record: any ProjectRecord) {
        let base: PropertyReference
        switch table.property.kind {
        case .event: base = .event(table.property.name)
        case .user: base = PropertyReference(userProperty: table.property.name.string)
        case .group: return nil
        }
        self.init(name: table.name, base: base, columns: table.columns, key: table.key) {
            try await LookupCache.shared.rows(of: table, in: record)
        }
    }
}
