public import EventModel

/// The people of whom one cell of an answer is made, a page of them.
public struct CellUsers: Equatable, Sendable {
    public struct User: Equatable, Sendable {
        /// Whoever was merged is here under the key that the others were merged into.
        public var key: UserKey
        /// The person's share of the cell: 1 where people are counted, the number of events or sessions where those are,
        /// the sum where amounts are added up. All shares together are the cell; of a quotient, what is above its line.
        public var value: Double

        public init(key: UserKey, value: Double) {
            self.key = key
            self.value = value
        }
    }

    public static let nobody = CellUsers(count: 0, users: [], next: nil)

    /// People on all pages.
    public var count: Int
    /// Those of the page, ascending.
    public var users: [User]
    /// After whom the next page begins; `nil` on the last one.
    public var next: UserKey?

    public init(count: Int, users: [User], next: UserKey?) {
        self.count = count
        self.users = users
        self.next = next
    }
}

/// Which part of a list of users is wanted.
public struct UserPage: Hashable, Sendable {
    public static let first = UserPage(after: nil, limit: 1_000)

    /// Users with a larger key; `nil` for all.
    public var after: UserKey?
    /// At least 1.
    public var limit: Int

    public init(after: UserKey?, limit: Int) {
        self.after = after
        self.limit = limit
    }
}

// A cell is named by its place in the ordinary answer. All numbers count from 0.

/// A part of a cell's place.
public enum CellPart: Hashable, Sendable {
    case series, index, step, day, row, interval
}

/// A cell of segmentation, users, composition or sessions.
public struct SeriesCell: Hashable, Sendable {
    public var series: Int
    /// Of the bucket, bin or value; `nil` for the value over the whole range, where the answer has one.
    public var index: Int?

    public init(series: Int, index: Int?) {
        self.series = series
        self.index = index
    }
}

/// A cell of a funnel.
public struct FunnelCell: Hashable, Sendable {
    public var series: Int
    public var step: Int
    /// Of the bucket in which people entered; `nil` for the whole range.
    public var day: Int?
    /// Those who reached the step before this one, but not this one; not known of the first step.
    public var isLost: Bool

    public init(series: Int, step: Int, day: Int? = nil, isLost: Bool = false) {
        self.series = series
        self.step = step
        self.day = day
        self.isLost = isLost
    }
}

/// A cell of a retention table.
public struct RetentionCell: Hashable, Sendable {
    public var series: Int
    /// In the order of the answer's dates, the latest first; `nil` for all rows combined.
    public var row: Int?
    /// Of the interval or bracket; `nil` for the whole cohort.
    public var interval: Int?

    public init(series: Int, row: Int?, interval: Int?) {
        self.series = series
        self.row = row
        self.interval = interval
    }
}

/// A cell of a table of lifetime values.
public struct LifetimeValueCell: Hashable, Sendable {
    public enum Key: Hashable, Sendable {
        /// The metric so many days after the first event; by index in ``LifetimeValueQuery/days``.
        case age(Int)
        /// Who paid for the first time; by index in ``LifetimeValueQuery/newPayerDays``.
        case newPayers(Int)
        /// Everybody.
        case people
        /// Who has ever paid.
        case payers
        /// All that was ever paid.
        case amount
    }

    public var series: Int
    /// In the order of the answer's dates, the latest first; `nil` for all rows combined.
    public var row: Int?
    public var key: Key

    public init(series: Int, row: Int?, key: Key) {
        self.series = series
        self.row = row
        self.key = key
    }
}

/// A cell of any answer.
public enum AnswerCell: Hashable, Sendable {
    case series(SeriesCell)
    case funnel(FunnelCell)
    case retention(RetentionCell)
    case lifetimeValue(LifetimeValueCell)
}
