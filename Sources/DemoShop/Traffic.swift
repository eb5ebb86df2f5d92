/// How busy the shop is, day by day.
struct Traffic: Sendable {
    /// New visitors of each day; the sum of the planned days is the configured number of users.
    let arrivals: [Int]
    /// How much more, or less, each day is visited than the mean day.
    let weekdayFactors: [Double]
    /// The day of the spring sale, which brings many new visitors.
    let campaignDay: Int

    /// From Sunday to Saturday.
    private static let week = [1.15, 0.92, 0.90, 0.93, 0.97, 1.00, 1.13]

    /// - Parameters:
    ///   - laterDays: come after the planned ones, and change nothing about them.
    ///   - firstDay: in days since 1970.
    init(users: Int, days: Int, laterDays: Int, firstDay: Int, using random: inout SplitMix64) {
        // The first of January 1970 was a Thursday: day 4 of the week.
        weekdayFactors = (0..<days + laterDays).map { Self.week[(((firstDay + $0 + 4) % 7) + 7) % 7] }
        campaignDay = days * 2 / 3

        var weights: [Double] = []
        for day in 0..<days {
            let growth = 1 + 0.6 * Double(day) / Double(days)
            let noise = 0.85 + 0.3 * random.fraction()
            let opening = day < 7 ? 2.5 : 1
            let campaign = day == campaignDay ? 2.8 : day == campaignDay + 1 ? 1.5 : 1
            weights.append(growth * noise * opening * campaign * weekdayFactors[day])
        }

        let total = weights.reduce(0, +)
        // As busy as the shop has become; without noise, which would be drawn for the planned days.
        for day in days..<days + laterDays { weights.append(1.6 * weekdayFactors[day]) }

        // Rounding the running sum, not each day, makes the planned days add up to `users`.
        var sum = 0.0
        var arrived = 0
        arrivals = weights.enumerated().map { day, weight in
            sum += weight
            let target = day == days - 1 ? users : Int(sum / total * Double(users))
            defer { arrived = target }
            return target - arrived
        }
    }
}
