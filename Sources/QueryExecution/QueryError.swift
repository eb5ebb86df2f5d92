public import QueryModel

/// A question that cannot be answered. What is said of it to whom is for API families to say.
public enum QueryError: Error, Equatable {
    /// No event of this type was ever received; `nearest` are known names like it.
    case unknownEventType(String, nearest: [String])
    /// No custom event has this name; `nearest` are known names like it.
    case unknownCustomEvent(String, nearest: [String])
    /// No event or user ever had this property; `nearest` are known names like it.
    case unknownProperty(String, nearest: [String])
    /// No user ever had this property, but events have.
    case eventProperty(String, named: PropertyPlace)
    /// No event ever had this property, but users have.
    case userProperty(String)
    /// A cell was asked for that the answer does not have: this part of its place must lie in the range, which may be empty.
    case noSuchCell(CellPart, valid: Range<Int>)
    case notMadeOfUsers(NotMadeOfUsers)
    /// There is no cohort of this id.
    case unknownCohort(String)
    case tooLarge(TooLarge)
    /// The store did not answer; `detail` is for the log.
    case unavailable(detail: String)
    /// The caller went away.
    case cancelled
}

extension QueryError {
    /// Where a question names a property.
    public enum PropertyPlace: Hashable, Sendable {
        /// In a filter or a group-by of an event.
        case event
        /// In a condition of a segment.
        case segment
        /// In what splits the whole answer.
        case group
    }

    /// Why the cells of an answer are not made of users' shares.
    public enum NotMadeOfUsers: Hashable, Sendable {
        /// They are average lengths of sessions.
        case averageLength
        /// They are means of several quotients; of one alone, what is above its fraction line is made of shares.
        case meanOfQuotients(SegmentationQuery.Metric)
        /// They are averages of values: the sum above the fraction line is made of shares.
        case valueAverage
        case formula
    }

    /// What it is that would take more memory than there is for it.
    public enum TooLarge: Hashable, Sendable {
        /// So many different values would be counted.
        case distinctValues
        /// The question splits events into so many groups.
        case groups(Int, most: Int)
        /// The answer is split into so many groups over so many buckets.
        case cells(groups: Int, buckets: Int)
        /// A metric has so many points.
        case points(Int, most: Int)
        /// Combinations of events and segments, of which fewer than so many are possible.
        case combinations(limit: Int)
        /// The columns; the sentence says which.
        case columns(String)
    }
}
