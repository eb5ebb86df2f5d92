import EventModel
import JSONTape

/// What an event says of money: at its top level, or as SDKs do in its properties.
/// Source: Documentation/revenue.md M1, M2.
struct Revenue {
    var price: Double?
    var quantity: Double?
    var revenue: Double?

    /// Price times quantity if there is a price, else the revenue as it was sent; `nil` if it is no revenue event.
    /// Negative amounts are refunds. A quantity of 0, which one SDK sends unless told otherwise, leaves the revenue.
    var amount: Double? {
        guard let price else { return revenue }
        if quantity == 0, let revenue { return revenue }
        let amount = price * (quantity ?? 1)
        return amount.isFinite ? amount : nil
    }

    init() {}

    /// - Parameter properties: an event's own; numbers may also be written as texts.
    init(eventProperties properties: JSONValue) {
        for (key, value) in properties.members {
            if key == "$price" {
                price = Self.number(value)
            } else if key == "$quantity" {
                quantity = Self.number(value)
            } else if key == "$revenue" {
                revenue = Self.number(value)
            }
        }
    }

    private static func number(_ value: JSONValue) -> Double? {
        let number = value.double ?? value.string.flatMap { Double($0) }
        return number.flatMap { $0.isFinite ? $0 : nil }
    }
}
