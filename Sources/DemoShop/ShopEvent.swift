/// Something that a shopper did, before it is written as JSON.
struct ShopEvent: Sendable {
    enum Action: Sendable {
        case viewHome(referrer: String?)
        case search(query: String, results: Int, maximumPrice: Int?)
        case viewProduct(Int, position: Int)
        case addToCart(CartLine)
        case removeFromCart(CartLine)
        case signUp(method: String)
        case logIn(method: String)
        case startCheckout(lines: Int, cents: Int)
        /// One for each line of the order.
        case purchase(CartLine, order: Order)
        case refund(CartLine)
        case upgradePlan
        case inviteFriend(channel: String)
        case contactSupport(topic: String)
    }

    /// What the lines of one purchase have in common.
    struct Order: Sendable {
        let number: Int
        /// It took a tenth off every price.
        let usesCoupon: Bool
        let payment: String
        let isExpress: Bool
        let shippingDays: Int
    }

    let action: Action
    /// Milliseconds since 1970.
    let time: Int64
    let sessionStart: Int64
    let insertID: RandomID
    let eventID: Int
    /// Index in the shopper's devices.
    let device: Int
    /// Whether the event carries the shopper's `user_id`.
    let isLoggedIn: Bool
    /// The shopper's plan at that time; nil where the event brings no user properties.
    let userProperties: Shopper.Plan?
}
