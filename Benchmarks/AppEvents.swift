/// Seeded events as an app sends them: about 500 bytes of JSON each, in order of time, spread evenly over 30 days.
///
/// A copy begins again with the first event.
struct AppEvents: Sequence, IteratorProtocol {
    static let users = 20_000
    static let types = 50
    static let days = 30
    static let seed: UInt64 = 1
    /// 2024-01-01T00:00:00Z, in milliseconds.
    static let start = 1_704_067_200_000
    /// Where the first digit of an event's `insert_id` is. It begins with four zeros: see ``PreparedRequest/stamp(round:)``.
    static let insertIDOffset = #"{"insert_id":""#.utf8.count

    let count: Int
    private var made = 0
    private var random = SplitMix64(state: seed)

    init(count: Int) {
        self.count = count
    }

    mutating func next() -> String? {
        guard made < count else { return nil }
        let time = Self.start + Int(Double(made) / Double(count) * Double(Self.days * 86_400_000))
        made += 1
        let sender = Sender(random.below(Self.users))
        // A third of the people take the next version in the middle of the month.
        let version = sender.number % 3 == 0 && made > count / 2 ? 13 : 12
        return """
            {"insert_id":"0000\(hex(4))-\(hex(4))-\(hex(4))-\(hex(4))-\(hex(12))",\
            "user_id":"user-\(sender.number)","device_id":"\(sender.deviceID)",\
            "event_type":"\(Self.verbs[random.skewed(5)]) \(Self.things[random.skewed(10)])",\
            "time":\(time),"session_id":\(time / 1_800_000 * 1_800_000),\(sender.json),"app_version":"4.\(version).0",\
            "event_properties":{"price":\(random.below(10_000)).5,"quantity":\(random.below(9) + 1),\
            "in_stock":\(random.below(4) > 0),"search":"\(Self.things[random.below(10)]) \(random.below(500))",\
            "tags":["\(Self.verbs[random.below(5)])","\(Self.things[random.below(10)])"],"position":\(random.below(40))}}
            """
    }

    private mutating func hex(_ digits: Int) -> String {
        let number = String(random.next() >> (64 - 4 * UInt64(digits)), radix: 16)
        return String(repeating: "0", count: digits - number.count) + number
    }

    // 5 × 10 event types.
    private static let verbs = ["View", "Open", "Add", "Share", "Remove"]
    private static let things = [
        "Product", "Basket", "Wish List", "Review", "Offer", "Category", "Address", "Voucher", "Order", "Profile",
    ]
}

/// A person with one device, which follow from the number.
private struct Sender {
    let number: Int
    let deviceID: String
    /// What the device tells of itself with every event.
    let json: String

    init(_ number: Int) {
        self.number = number
        var random = SplitMix64(state: UInt64(number))
        let id = String(random.next() | 1 << 63, radix: 16)
        deviceID = "\(id.prefix(8))-\(id.suffix(4))-4000-8000-\(id.suffix(12))"
        let system = Self.systems[random.skewed(Self.systems.count)]
        json = """
            "platform":"\(system.platform)","os_name":"\(system.name)","os_version":"\(15 + random.skewed(4))",\
            "device_model":"\(system.model) \(random.skewed(8) + 8)","language":"\(Self.pick(Self.languages, &random))",\
            "country":"\(Self.pick(Self.countries, &random))","ip":"203.0.113.\(number % 250 + 1)"
            """
    }

    private static func pick(_ values: [String], _ random: inout SplitMix64) -> String {
        values[random.skewed(values.count)]
    }

    private static let systems = [
        (platform: "iOS", name: "ios", model: "iPhone"), (platform: "Android", name: "android", model: "Pixel"),
        (platform: "Web", name: "Chrome", model: "Windows"),
    ]
    private static let languages = ["English", "German", "French", "Spanish", "Portuguese", "Japanese"]
    private static let countries = [
        "United States", "Germany", "France", "Brazil", "Japan", "United Kingdom", "Spain", "Mexico", "Italy", "India",
        "Canada", "Portugal",
    ]
}
