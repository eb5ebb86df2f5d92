extension JSONBuffer {
    /// Appends one element of an HTTP V2 `events` array.
    ///
    /// - Parameter release: the running number of the app's release on the event's device.
    mutating func append(_ event: ShopEvent, of shopper: Shopper, release: Int) {
        append("{")
        append(key: "event_type", quoting: event.action.type)
        append(key: "time", Int(event.time))
        append(key: "session_id", Int(event.sessionStart))
        append(key: "event_id", event.eventID)
        append(key: "insert_id")
        append(quoting: event.insertID)
        if event.isLoggedIn {
            append(key: "user_id")
            append("\"u-")
            append(integer: shopper.number, minimumDigits: 6)
            append("@shop.example\"")
        }
        append(members: shopper.devices[event.device].fieldsJSON)
        append(key: "app_version")
        append("\"4.")
        append(integer: release)
        append(".0\"")
        if let plan = event.userProperties { append(userPropertiesOf: shopper, plan: event.isLoggedIn ? plan : nil) }
        append(key: "event_properties")
        append("{")
        append(propertiesOf: event)
        append("}")
        append(revenueOf: event.action)
        append("}")
    }

    /// - Parameter plan: nil for an anonymous visitor, of whom only the campaign is known.
    private mutating func append(userPropertiesOf shopper: Shopper, plan: Shopper.Plan?) {
        append(key: "user_properties")
        append("{")
        if let plan {
            append(key: "plan", quoting: plan.rawValue)
            append(key: "signup_source", quoting: shopper.signupSource)
            if let ageGroup = shopper.ageGroup { append(key: "age_group", quoting: ageGroup) }
        }
        if shopper.cameByCampaign { append(key: "campaign", quoting: "Frühlings-Sale") }
        append("}")
    }

    private mutating func append(propertiesOf event: ShopEvent) {
        switch event.action {
        case .viewHome(let referrer):
            if let referrer { append(key: "referrer", quoting: referrer) }
        case .search(let query, let results, let maximumPrice):
            append(key: "query", quoting: query)
            append(key: "results", results)
            if let maximumPrice {
                append(key: "filters")
                append("{")
                append(key: "max_price", maximumPrice)
                append(key: "in_stock", true)
                append("}")
            }
        case .viewProduct(let index, let position):
            let product = Product.all[index]
            append(members: product.propertiesJSON)
            if let tags = product.tagsJSON {
                append(key: "tags")
                append(tags)
            }
            if let rating = product.rating {
                append(key: "rating")
                append(integer: rating / 10)
                append(".")
                append(integer: rating % 10)
            }
            append(key: "position", position)
        case .addToCart(let line), .removeFromCart(let line):
            append(members: Product.all[line.product].propertiesJSON)
            append(key: "quantity", line.quantity)
        case .signUp(let method), .logIn(let method):
            append(key: "method", quoting: method)
        case .startCheckout(let lines, let cents):
            append(key: "lines", lines)
            append(key: "cart_value", cents: cents)
        case .purchase(let line, let order):
            append(members: Product.all[line.product].propertiesJSON)
            append(key: "quantity", line.quantity)
            append(key: "order_number", order.number)
            append(key: "coupon", order.usesCoupon)
            append(key: "payment", quoting: order.payment)
            append(key: "shipping")
            append("{")
            append(key: "method", quoting: order.isExpress ? "express" : "standard")
            append(key: "days", order.shippingDays)
            append("}")
        case .refund(let line):
            append(members: Product.all[line.product].propertiesJSON)
            append(key: "quantity", line.quantity)
        case .upgradePlan:
            append(key: "from", quoting: Shopper.Plan.free.rawValue)
            append(key: "to", quoting: Shopper.Plan.pro.rawValue)
        case .inviteFriend(let channel):
            append(key: "channel", quoting: channel)
        case .contactSupport(let topic):
            append(key: "topic", quoting: topic)
        }
    }

    /// Appends the top-level revenue fields, which stand beside `event_properties`. A refund has a negative price.
    private mutating func append(revenueOf action: ShopEvent.Action) {
        switch action {
        case .purchase(let line, _):
            let product = Product.all[line.product].id
            appendRevenue(cents: line.unitCents, quantity: line.quantity, product: product, type: "purchase")
        case .refund(let line):
            let product = Product.all[line.product].id
            appendRevenue(cents: -line.unitCents, quantity: line.quantity, product: product, type: "refund")
        case .upgradePlan:
            appendRevenue(cents: 9_90, quantity: 1, product: "pro-monthly", type: "subscription")
        default:
            break
        }
    }

    private mutating func appendRevenue(cents: Int, quantity: Int, product: String, type: String) {
        append(key: "price", cents: cents)
        append(key: "quantity", quantity)
        append(key: "revenue", cents: cents * quantity)
        append(key: "productId", quoting: product)
        append(key: "revenueType", quoting: type)
    }
}

extension ShopEvent.Action {
    /// The `event_type`.
    var type: String {
        switch self {
        case .viewHome: "View Home"
        case .search: "Search"
        case .viewProduct: "View Product"
        case .addToCart: "Add to Cart"
        case .removeFromCart: "Remove from Cart"
        case .signUp: "Sign Up"
        case .logIn: "Log In"
        case .startCheckout: "Start Checkout"
        case .purchase: "Purchase"
        case .refund: "Refund"
        case .upgradePlan: "Upgrade Plan"
        case .inviteFriend: "Invite Friend"
        case .contactSupport: "Contact Support"
        }
    }
}
