/// A person who visits the shop, with what the shop learns of them over time.
struct Shopper: Sendable {
    /// How often a shopper comes back.
    enum Loyalty: Int, Sendable, CaseIterable {
        case once, seldom, regular, devoted
    }

    /// The last funnel step that a shopper takes readily. Every step further is an exception.
    enum Reach: Int, Sendable, CaseIterable, Comparable {
        case looking, cart, checkout, purchase

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    enum Plan: String, Sendable {
        case free, pro
    }

    /// Counts from 1, in order of arrival.
    let number: Int
    let arrivalDay: Int
    let utcOffsetMinutes: Int
    let loyalty: Loyalty
    let reach: Reach
    let signupSource: String
    /// Not everybody tells.
    let ageGroup: String?
    let cameByCampaign: Bool
    /// False: an anonymous visitor, so far. Some have had an account since before the first day.
    var hasAccount: Bool
    var plan = Plan.free
    /// The first device, and for some a second.
    var devices: [Device]
    /// When the last session ended.
    var lastEventTime = Int64.min
    /// What may still be sent back.
    var lastPurchase: CartLine?

    init(number: Int, arrivalDay: Int, isCampaignDay: Bool, using random: inout SplitMix64) {
        let market = Market.all[random.index(weightedBy: Market.weights)]
        let firstDevice = Device(market: market, using: &random)
        let buyers = firstDevice.platform.conversionFactor

        self.number = number
        self.arrivalDay = arrivalDay
        utcOffsetMinutes = market.utcOffsetMinutes
        loyalty = Loyalty.allCases[random.index(weightedBy: Loyalty.allCases.map(\.weight))]
        reach =
            if !random.chance(0.35 * buyers) {
                .looking
            } else if !random.chance(0.85 * buyers) {
                .cart
            } else {
                random.chance(0.82 * buyers) ? .purchase : .checkout
            }
        signupSource = random.element(of: ["organic", "organic", "newsletter", "ads", "ads", "friend", "social"])
        ageGroup = random.element(of: ["18-24", "25-34", "25-34", "35-44", "45-54", "55+", nil])
        cameByCampaign = isCampaignDay && random.chance(0.6)
        hasAccount = random.chance(0.12)
        if hasAccount && random.chance(0.25) { plan = .pro }
        devices = [firstDevice]
        if random.chance(0.3) {
            devices.append(Device(market: market, otherThan: firstDevice.platform, using: &random))
        }
    }

    /// Whether the shopper visits the shop on a day after the day of arrival.
    func visits(onDay day: Int, weekdayFactor: Double, using random: inout SplitMix64) -> Bool {
        random.chance(loyalty.returnProbability(afterDays: day - arrivalDay) * weekdayFactor)
    }
}

extension Shopper.Loyalty {
    var weight: Int {
        switch self {
        case .once: 30
        case .seldom: 30
        case .regular: 25
        case .devoted: 15
        }
    }

    /// The probability of a visit on one day. It falls by half in the first `halfLife` days, and ever slower after.
    func returnProbability(afterDays days: Int) -> Double {
        let (start, halfLife) =
            switch self {
            case .once: (0.04, 3.0)
            case .seldom: (0.25, 14.0)
            case .regular: (0.55, 40.0)
            case .devoted: (0.80, 120.0)
            }
        return start * halfLife / (halfLife + Double(days))
    }
}
