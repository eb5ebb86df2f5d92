/// A question, as a value that takes one person's events after another and can be merged with others of its kind.
///
/// Neither the order of people nor how they are shared out among folds changes the merged result.
public protocol PersonFold: Sendable {
    /// Adds all of one person's matching events: milliseconds, ascending, and the series that each counts in.
    mutating func add(times: Span<Int64>, series: Span<Int32>)

    /// Takes in another fold of the same question over other people.
    mutating func merge(_ other: Self)
}
