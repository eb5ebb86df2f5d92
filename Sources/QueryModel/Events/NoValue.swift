/// The label of a property that is missing or null; also a value that `is` and `is not` know.
/// Source: Documentation/counting.md C3.
public let noValueLabel = "(none)"
