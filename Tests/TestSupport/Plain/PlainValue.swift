/// A property's value, with what the rules say about it written down by hand.
public struct PlainValue: Equatable, Sendable {
    /// Texts of the value, or of a list's elements. None: there is no value.
    public var labels: [String] = []
    public var number: Double?

    public init(labels: [String] = [], number: Double? = nil) {
        (self.labels, self.number) = (labels, number)
    }

    /// In which groups the value is, each once.
    public var groups: [String] { labels.isEmpty ? ["(none)"] : Array(Set(labels)) }
}
