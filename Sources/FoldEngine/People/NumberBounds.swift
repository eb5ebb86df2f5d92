/// The numbers that pass a comparison: those between two bounds, both included, or all others.
public struct NumberBounds: Sendable {
    public let low: Double
    public let high: Double
    public let isInverted: Bool

    public init(_ low: Double, _ high: Double, isInverted: Bool = false) {
        self.low = low
        self.high = high
        self.isInverted = isInverted
    }

    public func hold(for number: Double) -> Bool { (low <= number && number <= high) != isInverted }
}
