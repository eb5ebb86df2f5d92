/// One session of a shopper, as it unfolds.
///
/// ```
/// View Home | Search | View Product → (Search? View Product → Add to Cart?)… → Start Checkout? → Purchase?
/// ```
struct Visit {
    /// The shopper as the visit leaves them.
    private(set) var shopper: Shopper
    /// Ascending by time; 1 to 30.
    private(set) var events: [ShopEvent] = []

    private var random: SplitMix64
    private let device: Int
    private let sessionStart: Int64
    private var time: Int64
    private var cart: [CartLine] = []
    /// User properties go with the first event of a known user in a session, and where they change.
    private var hasSentUserProperties = false

    /// No round begins beyond this many events: a round and the checkout after it stay within 30 in all.
    private static let lastRoundEvents = 17
    private static let cartLimit = 3

    private static let referrers = ["google", "google", "newsletter", "instagram", "friends.example", nil, nil]
    private static let queries = [
        "mug", "running shoes", "monitor 27\"", "Köln", "東京", "café crème", "gift for dad", "wool socks", "抹茶",
        "größe 42", "rain jacket", "path\\finder", "ヨガマット", "¿envío gratis?", "black/white", "🎁",
    ]

    private init(of shopper: Shopper, startingAt start: Int64, random: SplitMix64) {
        var random = random
        // The second device joins once there is an account to log in to.
        device = shopper.hasAccount && shopper.devices.count > 1 && random.chance(0.35) ? 1 : 0
        self.shopper = shopper
        self.random = random
        sessionStart = start
        time = start
    }

    /// - Parameter start: after the shopper's last event.
    static func simulated(of shopper: Shopper, startingAt start: Int64, random: SplitMix64) -> Visit {
        var visit = Visit(of: shopper, startingAt: start, random: random)
        visit.simulate()
        return visit
    }

    private mutating func simulate() {
        // Some log out, or their login expires: an anonymous event on the device of a known user.
        if isLoggedIn && random.chance(0.04) { shopper.devices[device].isLoggedIn = false }
        enter()
        if !random.chance(0.16) {
            for _ in 0..<rounds() where events.count < Self.lastRoundEvents { browse() }
            if !cart.isEmpty { checkOut() }
        }
        shopper.lastEventTime = time
    }

    private var isLoggedIn: Bool { shopper.devices[device].isLoggedIn }

    /// Between 1 and 14, more often few than many.
    private mutating func rounds() -> Int {
        1 + random.int(below: 1 + random.int(below: 14))
    }

    /// Whether the shopper takes a funnel step: readily within their reach, else hardly ever.
    private mutating func takes(_ step: Shopper.Reach, readily probability: Double) -> Bool {
        let easy = step <= shopper.reach ? probability : 0.006
        let plan = isLoggedIn && shopper.plan == .pro ? 1.3 : 1
        return random.chance(min(0.95, easy * shopper.devices[device].platform.conversionFactor * plan))
    }

    private mutating func enter() {
        switch random.int(below: 20) {
        case 0..<11: record(.viewHome(referrer: random.element(of: Self.referrers)))
        case 11..<14: search()
        default: record(.viewProduct(Product.popularIndex(using: &random), position: 1))
        }
        if let line = shopper.lastPurchase, isLoggedIn, random.chance(0.02) {
            record(.refund(line))
            shopper.lastPurchase = nil
        }
        if random.chance(0.008) { upgradePlan() }
    }

    private mutating func browse() {
        if !isLoggedIn && random.chance(shopper.hasAccount ? 0.15 : 0.03) { identify() }
        switch random.int(below: 20) {
        case 0..<5: search()
        case 5..<8: record(.viewHome(referrer: nil))
        default: break
        }
        let product = Product.popularIndex(using: &random)
        record(.viewProduct(product, position: random.int(in: 1...24)))
        if cart.count < Self.cartLimit && takes(.cart, readily: 0.35) {
            let line = CartLine(product: product, quantity: 1 + random.index(weightedBy: [70, 20, 10]))
            cart.append(line)
            record(.addToCart(line))
        }
        if !cart.isEmpty && random.chance(0.06) {
            record(.removeFromCart(cart.remove(at: random.int(below: cart.count))))
        }
        if isLoggedIn && random.chance(0.006) {
            record(.inviteFriend(channel: random.element(of: ["email", "link", "whatsapp"])))
        }
        if random.chance(0.004) {
            record(.contactSupport(topic: random.element(of: ["delivery", "returns", "payment", "Rückgabe", "other"])))
        }
    }

    private mutating func search() {
        let query = random.element(of: Self.queries)
        let results = random.chance(0.1) ? 0 : random.int(in: 1...60)
        let maximumPrice = random.chance(0.25) ? random.int(in: 1...20) * 10 : nil
        record(.search(query: query, results: results, maximumPrice: maximumPrice))
    }

    private mutating func checkOut() {
        guard takes(.checkout, readily: 0.7) else { return }
        if !isLoggedIn && random.chance(0.7) { identify() }
        record(.startCheckout(lines: cart.count, cents: cart.reduce(0) { $0 + $1.unitCents * $1.quantity }))
        guard takes(.purchase, readily: 0.8) else { return }
        let order = ShopEvent.Order(
            number: random.int(in: 100_000...999_999),
            usesCoupon: random.chance(0.2),
            payment: random.element(of: ["card", "card", "paypal", "invoice"]),
            isExpress: random.chance(0.3),
            shippingDays: random.int(in: 1...6)
        )
        if order.usesCoupon {
            for index in cart.indices { cart[index].unitCents = cart[index].unitCents * 9 / 10 }
        }
        record(.purchase(cart[0], order: order))
        // The app sends the other lines in the same breath, at times within the same millisecond.
        for line in cart.dropFirst() { record(.purchase(line, order: order), after: 0...3) }
        shopper.lastPurchase = cart.last
        if random.chance(0.08) { upgradePlan() }
    }

    private mutating func upgradePlan() {
        guard isLoggedIn && shopper.plan == .free else { return }
        shopper.plan = .pro
        hasSentUserProperties = false
        record(.upgradePlan)
    }

    /// From here on the device is known: whatever it did anonymously becomes this user's.
    private mutating func identify() {
        shopper.devices[device].isLoggedIn = true
        record(
            shopper.hasAccount
                ? .logIn(method: random.element(of: ["password", "password", "passkey"]))
                : .signUp(method: random.element(of: ["email", "email", "google"]))
        )
        shopper.hasAccount = true
    }

    /// Records an action some seconds or minutes after the one before it.
    private mutating func record(_ action: ShopEvent.Action) {
        // The cube makes most gaps short and a few long: half are below 32 s, one in ten above 3 minutes.
        let draw = random.fraction()
        let gap = 2_000 + Int(draw * draw * draw * 240_000)
        record(action, after: gap...gap)
    }

    private mutating func record(_ action: ShopEvent.Action, after gapMs: ClosedRange<Int>) {
        if !events.isEmpty { time += Int64(random.int(in: gapMs)) }
        let sendsProperties = isLoggedIn ? !hasSentUserProperties : events.isEmpty && shopper.cameByCampaign
        events.append(
            ShopEvent(
                action: action,
                time: time,
                sessionStart: sessionStart,
                insertID: RandomID(using: &random),
                eventID: shopper.devices[device].nextEventID,
                device: device,
                isLoggedIn: isLoggedIn,
                userProperties: sendsProperties ? shopper.plan : nil
            )
        )
        shopper.devices[device].nextEventID += 1
        if isLoggedIn { hasSentUserProperties = true }
    }
}
