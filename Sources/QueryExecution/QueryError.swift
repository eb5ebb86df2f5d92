/// A question that cannot be answered.
public enum QueryError: Error, Equatable {
    /// No event of this type was ever received; `nearest` are known names like it.
    case unknownEventType(String, nearest: [String])
    /// No event or user ever had this property; `nearest` are known names like it.
    case unknownProperty(String, nearest: [String])
    /// A cell was asked for that the answer does not have: this part of its place must lie in the range, which may be empty.
    case noSuchCell(String, valid: Range<Int>)
    /// The cells of this answer are not made of users' shares; the sentence says what to ask instead.
    case notMadeOfUsers(String)
    /// There is no cohort of this id.
    case unknownCohort(String)
    /// It would take more memory than there is for it; the sentence says what to narrow.
    case tooLarge(String)
    /// The store did not answer; `detail` is for the log.
    case unavailable(detail: String)
    /// The caller went away.
    case cancelled
}
