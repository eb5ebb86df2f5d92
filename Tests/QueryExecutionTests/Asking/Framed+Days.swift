import QueryModel

extension Framed {
    /// Of questions that are about whole days.
    var days: DateRange {
        guard case .days(let days) = range else { preconditionFailure("a question about days") }
        return days
    }
}
