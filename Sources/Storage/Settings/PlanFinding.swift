public import EventModel

/// Where values of a property came that are not as the tracking plan says: how often, and when.
///
/// No value stands in it: it may be somebody's, whom a deletion would have to find here.
/// Source: Documentation/taxonomy.md X13 to X15.
public struct PlanFinding: Equatable, Sendable {
    /// What is wrong with a value. Raw value: its word in answers and on disk.
    public enum Problem: String, CaseIterable, Sendable {
        /// There is none, and there must be.
        case missing
        /// It is no list, and lists are planned.
        case noList = "not_a_list"
        /// It is of another type.
        case type
        /// It is none of those that are planned.
        case value = "enum"
        /// The pattern is not in it.
        case pattern = "regex"
        /// Nobody knows: the pattern would take too many steps.
        case slowPattern = "regex_limit"
    }

    /// What a value is. Raw value: its word in answers and on disk.
    public enum Received: String, CaseIterable, Sendable {
        case nothing = "none"
        case string, number, boolean, list, object

        public init(_ value: PropertyValue) {
            self =
                switch value {
                case .null: .nothing
                case .bool: .boolean
                case .integer, .number: .number
                case .string: .string
                case .list: .list
                case .object: .object
                }
        }
    }

    /// What alike findings have in common.
    public struct Key: Hashable, Comparable, Sendable {
        public var kind: PlannedProperty.Kind
        /// The event type that it came with; of groups the type of group.
        public var owner: ExactText
        public var name: ExactText
        public var problem: Problem

        public init(_ kind: PlannedProperty.Kind, of owner: ExactText, _ name: ExactText, _ problem: Problem) {
            self.kind = kind
            self.owner = owner
            self.name = name
            self.problem = problem
        }

        public static func < (lhs: Key, rhs: Key) -> Bool {
            if lhs.kind != rhs.kind { return lhs.kind.rawValue < rhs.kind.rawValue }
            if lhs.owner != rhs.owner { return lhs.owner < rhs.owner }
            if lhs.name != rhs.name { return lhs.name < rhs.name }
            return lhs.problem.rawValue < rhs.problem.rawValue
        }
    }

    public var key: Key
    /// Of events.
    public var count: Int
    /// When the first and the last of these events were received.
    public var first: Timestamp
    public var last: Timestamp
    /// What the last one had.
    public var received: Received

    public init(_ key: Key, count: Int, first: Timestamp, last: Timestamp, received: Received) {
        self.key = key
        self.count = count
        self.first = first
        self.last = last
        self.received = received
    }
}

/// All findings of a project.
public struct PlanFindings: Equatable, Sendable {
    /// In order.
    public var listed: [PlanFinding]
    /// How many there were beyond those that have a place in the list.
    public var unlisted: Int

    /// So many are listed; those that come first.
    public static let mostListed = 5_000

    public init(listed: [PlanFinding] = [], unlisted: Int = 0) {
        self.listed = listed
        self.unlisted = unlisted
    }
}

/// What some events add to the findings.
public struct PlanFindingCounts: Equatable, Sendable {
    public struct Count: Equatable, Sendable {
        public var events: Int
        public var received: PlanFinding.Received
    }

    public private(set) var byKey: [PlanFinding.Key: Count] = [:]
    /// Beyond ``mostKeys``.
    public private(set) var others = 0

    /// Of so many kinds in one commit, however many there are.
    public static let mostKeys = 1_000

    public init() {}

    public var isEmpty: Bool { byKey.isEmpty && others == 0 }
    /// Of all kinds.
    public var total: Int { byKey.values.reduce(others) { $0 + $1.events } }

    public mutating func note(_ key: PlanFinding.Key, _ received: PlanFinding.Received) {
        guard byKey.count < Self.mostKeys || byKey[key] != nil else {
            others += 1
            return
        }
        byKey[key, default: Count(events: 0, received: received)].events += 1
        byKey[key]?.received = received
    }
}

/// The part of a project's record that holds what came against the tracking plan. Calls block.
public protocol PlanFindingsRecord: Sendable {
    func planFindings() throws(ProjectRecordError) -> PlanFindings
    /// Begins to count anew. On return that is on disk.
    func forgetPlanFindings() throws(ProjectRecordError)
}
