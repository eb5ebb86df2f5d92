public import EventModel

/// Somebody asked for all that is known of a person, as the law lets them. Source: Documentation/data.md D4.
public struct DataRequest: Equatable, Sendable {
    public var id: Int64
    /// Of whoever it was when it was asked; a later merge is followed when the data is fetched.
    public var user: UserKey
    /// How the person was named; `nil` if by the Amplitude ID.
    public var userID: String?
    /// Of the events, in UTC.
    public var days: ClosedRange<CalendarDate>
    public var requestedAt: Timestamp

    public init(
        id: Int64,
        user: UserKey,
        userID: String?,
        days: ClosedRange<CalendarDate>,
        requestedAt: Timestamp
    ) {
        self.id = id
        self.user = user
        self.userID = userID
        self.days = days
        self.requestedAt = requestedAt
    }
}

/// Who has asked for all that is known of a person. Calls block.
public protocol DataRequestsRecord: Sendable {
    /// Notes a request, whose number is given here.
    ///
    /// - Returns: its number.
    func add(_ request: DataRequest) throws(ProjectRecordError) -> Int64
    /// `nil` if there is none of that number.
    func dataRequest(_ id: Int64) throws(ProjectRecordError) -> DataRequest?
}
