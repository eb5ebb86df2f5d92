/// A seeded web shop: visitors come, browse, sign up, buy and come back, and all of it is told in Amplitude's events.
///
/// ```swift
/// var shop = DemoShop(.init(end: now))
/// while let day = shop.nextDay() {
///     for batch in day.batches() { try await send(batch.json) }
/// }
/// ```
///
/// The same configuration gives the same bytes on every machine.
public struct DemoShop: Sendable {
    /// What the shop is made of.
    public struct Configuration: Sendable {
        public let seed: UInt64
        /// How many people visit the shop in its first `days`.
        public let users: Int
        public let days: Int
        /// Days that it goes on after those, with new visitors at the rate that it has come to.
        public let laterDays: Int
        /// Where the story stops, in milliseconds since 1970: the last day is the one (UTC) in which, or at whose end, it
        /// lies.
        public let end: Int64

        /// - Parameters:
        ///   - users: at least 0.
        ///   - days: at least 1.
        ///   - laterDays: at least 0. All that came before them stays as it was without them.
        ///   - end: the present time gives a shop that is open now.
        public init(seed: UInt64 = 1, users: Int = 2_000, days: Int = 90, laterDays: Int = 0, end: Int64) {
            precondition(users >= 0 && days >= 1 && laterDays >= 0, "a shop has 0 users or more, and 1 day or more")
            self.seed = seed
            self.users = users
            self.days = days
            self.laterDays = laterDays
            self.end = end
        }

        /// The midnight (UTC) that ends the last day.
        var lastMidnight: Int64 {
            let pastMidnight = (end % millisecondsPerDay + millisecondsPerDay) % millisecondsPerDay
            return pastMidnight == 0 ? end : end - pastMidnight + millisecondsPerDay
        }

        var allDays: Int { days + laterDays }
    }

    public let configuration: Configuration
    private let traffic: Traffic
    private var random: SplitMix64
    private var shoppers: [Shopper] = []
    private var log = DayLog()
    private var day = 0

    /// Share of the events that are sent a second time, with the same `insert_id`.
    private static let resentShare = 0.002
    private static let sessionTimeoutMs: Int64 = 30 * 60_000
    /// Sessions that begin in each hour of the shopper's day.
    private static let hourWeights = [
        12, 7, 4, 2, 2, 4, 10, 20, 32, 40, 44, 46, 50, 48, 44, 42, 44, 50, 60, 72, 80, 74, 52, 28,
    ]
    private static let daysPerRelease = 14

    public init(_ configuration: Configuration) {
        self.configuration = configuration
        random = SplitMix64(seed: configuration.seed)
        traffic = Traffic(
            users: configuration.users,
            days: configuration.days,
            laterDays: configuration.laterDays,
            firstDay: Int(configuration.lastMidnight / millisecondsPerDay) - configuration.allDays,
            using: &random
        )
        shoppers.reserveCapacity(configuration.users)
    }

    /// About how many events all days have together, for a progress bar: within a tenth for a thousand users and more.
    ///
    /// - Complexity: O(days²).
    public var estimatedEventCount: Int {
        let loyalties = Shopper.Loyalty.allCases
        let totalWeight = loyalties.reduce(0) { $0 + $1.weight }
        // The mean visitor's probability to come, by days since arrival.
        let returns = (0..<configuration.allDays).map { age in
            loyalties.reduce(0) { $0 + Double($1.weight) * $1.returnProbability(afterDays: age) } / Double(totalWeight)
        }
        var visitDays = 0.0
        for (arrivalDay, visitors) in traffic.arrivals.enumerated() {
            var perVisitor = 1.0
            for day in (arrivalDay + 1)..<max(arrivalDay + 1, configuration.allDays) {
                perVisitor += returns[day - arrivalDay] * traffic.weekdayFactors[day]
            }
            visitDays += Double(visitors) * perVisitor
        }
        return Int(visitDays * Self.eventsPerVisitDay)
    }

    /// Events of one shopper on a day with a visit, on average: measured, as the walk through the shop has no formula.
    private static let eventsPerVisitDay = 8.1

    /// The events of the next day, oldest day first; nil after the last.
    ///
    /// A session that passes midnight continues on the following day. What lies after the end is left out.
    public mutating func nextDay() -> DemoDay? {
        guard day < configuration.allDays else { return nil }
        defer { day += 1 }

        let end = configuration.lastMidnight - Int64(configuration.allDays - 1 - day) * millisecondsPerDay
        let start = end - millisecondsPerDay
        let returning = shoppers.count
        for _ in 0..<traffic.arrivals[day] {
            shoppers.append(
                Shopper(
                    number: shoppers.count + 1,
                    arrivalDay: day,
                    isCampaignDay: day == traffic.campaignDay,
                    using: &random
                )
            )
        }
        for index in shoppers.indices
        where index >= returning
            || shoppers[index].visits(onDay: day, weekdayFactor: traffic.weekdayFactors[day], using: &random)
        {
            simulateVisits(ofShopperAt: index, onDayFrom: start)
        }
        return log.takeDay(index: day, end: end, before: min(end, configuration.end))
    }

    /// One to three sessions that begin on the day; the last may end on the next.
    private mutating func simulateVisits(ofShopperAt index: Int, onDayFrom start: Int64) {
        let sessions = 1 + random.index(weightedBy: [80, 16, 4])
        let starts = (0..<sessions).map { _ in
            start + millisecondInDay(utcOffsetMinutes: shoppers[index].utcOffsetMinutes)
        }
        for sessionStart in starts.sorted() {
            let shopper = shoppers[index]
            // Sooner than the timeout it would be the same session.
            guard shopper.lastEventTime < sessionStart - Self.sessionTimeoutMs else { continue }
            let visit = Visit.simulated(of: shopper, startingAt: sessionStart, random: random.split())
            shoppers[index] = visit.shopper
            for event in visit.events {
                log.append(
                    event,
                    of: visit.shopper,
                    release: release(on: visit.shopper.devices[event.device]),
                    copies: random.chance(Self.resentShare) ? 2 : 1
                )
            }
        }
    }

    /// A time of day, drawn from the shopper's waking hours, in UTC.
    private mutating func millisecondInDay(utcOffsetMinutes: Int) -> Int64 {
        let hour = random.index(weightedBy: Self.hourWeights)
        let local = hour * 3_600_000 + random.int(below: 3_600_000)
        let utc = Int64(local - utcOffsetMinutes * 60_000)
        return (utc + millisecondsPerDay) % millisecondsPerDay
    }

    /// The running number of the newest release that has reached a device. The oldest devices run number 0.
    private func release(on device: Device) -> Int {
        (day + 2 * Self.daysPerRelease - device.updateLagDays) / Self.daysPerRelease
    }
}

private let millisecondsPerDay: Int64 = 86_400_000
