public import EventModel
import QueryExecution
import QueryModel
public import Storage

// Cohorts for all families that show them. Source: Documentation/cohorts.md G1, G6, G9.

extension HostedProject {
    /// Those that lists have, by name.
    public func publishedCohorts() async throws -> [Cohort] {
        try await withRecord(on: .cohorts) { record in
            try record.cohorts().filter { $0.isPublished && !$0.isArchived }
                .sorted { (ExactText($0.name), $0.id) < (ExactText($1.name), $1.id) }
        }
    }

    /// A cohort whose people are counted now, and who they are.
    public func counted(_ id: ExactText) async throws -> (cohort: Cohort, people: [UserKey]) {
        let cohort = try await withRecord(on: .cohorts) { record in
            guard let cohort = try record.cohort(id), !cohort.isArchived else { throw Failure.unknownCohort(id) }
            return cohort
        }
        let members = try await members(of: cohort)
        let now = now()
        return try await withRecord(on: .cohorts) { try $0.counted(id, members, at: now) }
    }

    /// By keys that they have or had.
    private func members(of cohort: Cohort) async throws -> UserKeySet {
        guard let definition = cohort.definition else {
            return try await withRecord(on: .cohorts) { try $0.members(of: cohort.id) }
        }
        return try await people(by: PeopleRule(kept: definition.string))
    }

    private func people(by rule: PeopleRule) async throws -> UserKeySet {
        let context = try queryContext()
        return try await limits.run(QueryCost(.other, days: 1, conditions: rule.clauses.count)) {
            try await queries.threads.run { [queries] in try await queries.people(by: rule, among: nil, context) }
        }
    }

    /// The cohorts that are not archived and have somebody, ascending.
    ///
    /// - Parameter keys: all of that person.
    public func cohorts(ofPersonWith keys: [UserKey]) async throws -> [ExactText] {
        let (listed, byRule) = try await withRecord(on: .cohorts) { record in
            (try record.cohorts(of: keys), try record.cohorts().filter { !$0.isArchived && $0.definition != nil })
        }
        var found = Set(listed)
        if byRule.isEmpty { return listed }
        let (person, context) = (UserKeySet(keys), try queryContext())
        for cohort in byRule {
            guard let definition = cohort.definition else { continue }
            let rule = try PeopleRule(kept: definition.string)
            do {
                let people = try await queries.threads.run { [queries] in
                    try await queries.people(by: rule, among: person, context)
                }
                if keys.contains(where: people.contains) { found.insert(cohort.id) }
            } catch QueryError.unknownCohort {
                // It names one that was deleted, and has nobody until it is changed.
                continue
            }
        }
        return found.sorted()
    }

    /// Makes a cohort by rule. Nothing is made if its rule cannot be asked.
    public func makeCohort(_ change: CohortChange) async throws -> Cohort {
        let now = now()
        let new = Cohort(
            id: .randomID(),
            name: "",
            isPublished: true,
            createdAt: now,
            changedAt: now,
            countedAt: now
        )
        return try await save(change, of: new, isNew: true)
    }

    /// Changes what is said of a cohort, which may be an archived one. Nothing is changed if its rule cannot be asked.
    public func changeCohort(_ id: ExactText, _ change: CohortChange) async throws -> Cohort {
        let cohort = try await withRecord(on: .cohorts) { try $0.cohort(id) }
        guard let cohort else { throw Failure.unknownCohort(id) }
        return try await save(change, of: cohort, isNew: false)
    }

    /// Removes a cohort; its people stay.
    public func removeCohort(_ id: ExactText) async throws {
        try await withRecord(on: .cohorts) { record in
            guard try record.removeCohort(id) else { throw Failure.unknownCohort(id) }
        }
    }

    private func save(_ change: CohortChange, of cohort: Cohort, isNew: Bool) async throws -> Cohort {
        let now = now()
        var members: UserKeySet?
        if let rule = change.rule {
            try await withRecord(on: .cohorts) { try $0.checkNesting(of: rule, in: cohort.id) }
            members = try await people(by: rule)
        }
        return try await withRecord(on: .cohorts) { [members] record in
            // Somebody may have changed or removed it meanwhile.
            guard let before = isNew ? cohort : try record.cohort(cohort.id) else {
                throw Failure.unknownCohort(cohort.id)
            }
            var changed = change.applied(to: before, at: now)
            if let members {
                (changed.size, changed.countedAt) = (try CohortPeople(record).people(of: members).count, now)
            }
            // Whom a rule finds is on no list.
            guard try record.save(changed, members: members == nil ? nil : []) else { throw Failure.tooManyCohorts }
            return changed
        }
    }
}

extension ProjectRecord {
    /// Notes how many people a cohort has now.
    ///
    /// - Parameter people: tells who members are; asked of the record if it is not at hand.
    public func counted(
        _ id: ExactText,
        _ members: UserKeySet,
        at now: Timestamp,
        _ people: CohortPeople? = nil
    ) throws -> (cohort: Cohort, people: [UserKey]) {
        guard var cohort = try cohort(id) else { throw Failure.unknownCohort(id) }
        let people = try (people ?? CohortPeople(self)).people(of: members)
        // To ask often, as downloads are asked for, is not to write often.
        if people.count != cohort.size || now.milliseconds - cohort.countedAt.milliseconds > 60_000 {
            (cohort.size, cohort.countedAt) = (people.count, now)
            _ = try save(cohort, members: nil)
        }
        return (cohort, people)
    }

    /// Refuses a rule that names a cohort that there is not, or one whose own rule leads back to it.
    fileprivate func checkNesting(of rule: PeopleRule, in id: ExactText) throws {
        let most = 5
        var (next, depth) = (Set(rule.cohorts.map { ExactText($0) }), 0)
        while !next.isEmpty {
            depth += 1
            var inner: Set<ExactText> = []
            for other in next.sorted() {
                guard let cohort = try cohort(other), !cohort.isArchived else {
                    throw Failure.definition("names the cohort \"\(other.string)\", which there is not.")
                }
                if let definition = cohort.definition {
                    inner.formUnion(try PeopleRule(kept: definition.string).cohorts.map { ExactText($0) })
                }
            }
            if next.contains(id) { throw Failure.definition("must not lead back to its own cohort.") }
            guard depth <= most else { throw Failure.definition("must not lead through more than \(most) cohorts.") }
            next = inner
        }
    }
}

extension Failure {
    public static func unknownCohort(_ id: ExactText) -> Failure {
        Failure(
            .notFound,
            "cohort_unknown",
            "There is no cohort \(id.string); GET /api/3/cohorts lists those that there are."
        )
    }

    public static let tooManyCohorts = Failure(
        .conflict,
        "full",
        "There are \(Cohort.most) cohorts, and no more are possible: delete some."
    )

    fileprivate static func definition(_ rest: String) -> Failure {
        Failure(.malformed, "parameter_malformed", "definition \(rest)", field: "definition")
    }
}
