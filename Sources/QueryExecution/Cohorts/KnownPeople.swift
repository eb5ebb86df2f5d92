import ColumnEngine
import EventModel
import QueryModel
import Synchronization

/// Who was found by rules before: of those who have done nothing since, the same is true until the project's day is over.
/// Source: Documentation/cohorts.md G9.
final class KnownPeople: Sendable {
    struct Found: Sendable {
        var people: UserKeySet
        /// From before they were looked for.
        var state: ColumnState
        /// What was true then beside events.
        var circumstances: Circumstances
    }

    /// What an answer depends on beside events: another one with any change.
    struct Circumstances: Equatable, Sendable {
        var zone: ProjectTimeZone
        /// `nil` where no day is over.
        var today: CalendarDate?
        var inactiveTypes: Set<ExactText>
        var customEvents: [ExactText: CustomEvent]
        var cohorts: [String: UserKeySet]
    }

    private let found = Mutex<[PeopleRule: Found]>([:])
    /// Bytes of all together.
    private static let most = 64 << 20

    func found(by rule: PeopleRule) -> Found? { found.withLock { $0[rule] } }

    func note(_ new: Found, by rule: PeopleRule) {
        found.withLock { found in
            let others = found.reduce(0) { $0 + ($1.key == rule ? 0 : $1.value.people.size) }
            if others + new.people.size > Self.most { found = [:] }
            found[rule] = new
        }
    }
}
