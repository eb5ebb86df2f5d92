public import EventModel

/// Something that happened at some time, to be seen beside charts: an annotation, or a release. One store, which each API
/// shows in its own form: what one writes, the others list.
/// Source: Documentation/remarks.md K1.
public struct Remark: Equatable, Sendable {
    public var id: RemarkID
    public var time: Timestamp
    /// `nil` if it was a moment.
    public var end: Timestamp?
    /// 1 to ``mostLabelCharacters`` characters.
    public var label: String
    public var details: String?
    public var category: RemarkCategoryID
    /// The id of the chart that it belongs to; `nil` if it is to be seen beside all.
    public var chart: String?
    /// `nil` of an annotation.
    public var release: Release?
    public var createdAt: Timestamp
    public var changedAt: Timestamp

    public static let mostLabelCharacters = 1024
    /// So many a project may have.
    public static let most = 100_000

    public init(
        id: RemarkID,
        time: Timestamp,
        end: Timestamp? = nil,
        label: String,
        details: String? = nil,
        category: RemarkCategoryID = .none,
        chart: String? = nil,
        release: Release? = nil,
        createdAt: Timestamp,
        changedAt: Timestamp
    ) {
        self.id = id
        self.time = time
        self.end = end
        self.label = label
        self.details = details
        self.category = category
        self.chart = chart
        self.release = release
        self.createdAt = createdAt
        self.changedAt = changedAt
    }
}

/// What a release says beside what all remarks say. Source: Documentation/remarks.md K6.
public struct Release: Equatable, Sendable {
    /// By which it is known: eight letters and digits.
    public var code: String
    public var version: String
    /// In order; `nil` if they were not told.
    public var platforms: [String]?
    /// Whether it is to be seen beside charts.
    public var isShown: Bool
    /// Whoever says that they made it; may be empty.
    public var createdBy: String

    public init(code: String, version: String, platforms: [String]?, isShown: Bool, createdBy: String) {
        self.code = code
        self.version = version
        self.platforms = platforms
        self.isShown = isShown
        self.createdBy = createdBy
    }
}

/// Counted from 1; none is given twice.
public struct RemarkID: Hashable, Comparable, Sendable, BitwiseCopyable {
    public var number: Int64

    public init(_ number: Int64) {
        self.number = number
    }

    public static func < (lhs: RemarkID, rhs: RemarkID) -> Bool { lhs.number < rhs.number }
}

/// Counted from 1, which is that of remarks without one; none is given twice.
public struct RemarkCategoryID: Hashable, Comparable, Sendable, BitwiseCopyable {
    public static let none = RemarkCategoryID(1)

    public var number: Int64

    public init(_ number: Int64) {
        self.number = number
    }

    public static func < (lhs: RemarkCategoryID, rhs: RemarkCategoryID) -> Bool { lhs.number < rhs.number }
}
