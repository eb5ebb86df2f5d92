/// The label of a property that is missing or null; also a value that `is` and `is not` know.
/// Source: reference/dashboard.md §2.
public let noValueLabel = "(none)"
