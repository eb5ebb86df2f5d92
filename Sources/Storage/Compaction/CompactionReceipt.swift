import EventModel

/// What was taken out of a project's files.
public struct CompactionReceipt: Equatable, Sendable {
    /// Deleted people who are gone now; all of one person's keys count as one.
    public var people = 0
    /// Batches of the journal that were written anew.
    public var batches = 0
    public var departed = DepartedCounts()
    /// Contexts and property sets that nobody had any more.
    public var names = 0
    /// Refused requests that named somebody.
    public var refusedRequests = 0
    /// Bytes of free places in the record that were overwritten.
    public var wipedBytes = 0
    /// Events in the columns that were made anew; `nil` if they were not.
    public var columns: Int?

    public init() {}

    /// A JSON object, as the row of a deletion has it.
    public var json: String {
        var json = JSONWriter()
        json.raw("{\"batches\":")
        json.integer(batches)
        json.raw(",\"deleted\":")
        json.integer(departed.deleted)
        json.raw(",\"expired\":")
        json.integer(departed.expired)
        json.raw(",\"names\":")
        json.integer(names)
        json.raw(",\"refused_requests\":")
        json.integer(refusedRequests)
        json.raw(",\"wiped_bytes\":")
        json.integer(wipedBytes)
        if let columns {
            json.raw(",\"columns\":")
            json.integer(columns)
        }
        json.raw("}")
        return json.text
    }
}
