/// A browser or a phone that a shopper uses.
struct Device: Sendable {
    enum Platform: Int, Sendable, CaseIterable {
        case web, iOS, android
    }

    let platform: Platform
    /// `device_id`, the fields of the system and those of the place: the same on every event, so written once.
    let fieldsJSON: [UInt8]
    /// How long after a release this device runs it.
    let updateLagDays: Int
    /// Whether its events carry the shopper's `user_id`.
    var isLoggedIn = false
    /// `event_id` of its next event.
    var nextEventID = 1

    init(market: Market, otherThan other: Platform? = nil, using random: inout SplitMix64) {
        var weights = [55, 25, 20]
        if let other { weights[other.rawValue] = 0 }
        platform = Platform.allCases[random.index(weightedBy: weights)]
        updateLagDays =
            switch platform {
            case .web: 0
            case .iOS: random.int(below: 10)
            case .android: random.int(below: 22)
            }

        let models = Model.all(on: platform)
        let model = models[random.index(weightedBy: models.map(\.weight))]
        var fields = JSONBuffer()
        fields.append("{")
        fields.append(key: "device_id")
        fields.append(quoting: RandomID(using: &random))
        fields.append(key: "platform", quoting: platform.name)
        fields.append(key: "os_name", quoting: model.osName)
        fields.append(key: "os_version", quoting: random.element(of: model.osVersions))
        if let brand = model.brand { fields.append(key: "device_brand", quoting: brand) }
        fields.append(key: "device_model", quoting: model.name)
        fields.append(key: "country", quoting: market.country)
        fields.append(key: "region", quoting: market.region)
        fields.append(key: "city", quoting: market.city)
        fields.append(key: "language", quoting: market.language)
        fieldsJSON = Array(fields.bytes.dropFirst())
    }
}

extension Device.Platform {
    var name: String {
        switch self {
        case .web: "Web"
        case .iOS: "iOS"
        case .android: "Android"
        }
    }

    /// How readily shoppers go on to the next funnel step here, compared with the web.
    var conversionFactor: Double {
        switch self {
        case .web: 1
        case .iOS: 0.85
        case .android: 0.65
        }
    }
}

/// A kind of device. On the web, as with Amplitude's SDKs, the system is the browser and the model its machine.
private struct Model {
    let osName: String
    let osVersions: [String]
    let brand: String?
    let name: String
    let weight: Int

    static func all(on platform: Device.Platform) -> [Model] {
        switch platform {
        case .web: web
        case .iOS: iOS
        case .android: android
        }
    }

    private static let web = [
        Model(osName: "Chrome", osVersions: ["139", "140", "141"], brand: nil, name: "Windows", weight: 40),
        Model(osName: "Chrome", osVersions: ["140", "141"], brand: nil, name: "Mac", weight: 18),
        Model(osName: "Safari", osVersions: ["18.6", "26.0"], brand: nil, name: "Mac", weight: 20),
        Model(osName: "Firefox", osVersions: ["142", "143"], brand: nil, name: "Windows", weight: 10),
        Model(osName: "Firefox", osVersions: ["143"], brand: nil, name: "Linux", weight: 5),
        Model(osName: "Edge", osVersions: ["140", "141"], brand: nil, name: "Windows", weight: 12),
    ]

    private static let iOS = [
        Model(osName: "ios", osVersions: ["18.6", "26.0", "26.1"], brand: "Apple", name: "iPhone 16", weight: 30),
        Model(osName: "ios", osVersions: ["18.5", "18.6", "26.0"], brand: "Apple", name: "iPhone 15", weight: 30),
        Model(osName: "ios", osVersions: ["17.7", "18.6"], brand: "Apple", name: "iPhone 13", weight: 20),
        Model(osName: "ios", osVersions: ["18.6", "26.0"], brand: "Apple", name: "iPad Air", weight: 12),
    ]

    private static let android = [
        Model(osName: "android", osVersions: ["15", "16"], brand: "Google", name: "Pixel 9", weight: 20),
        Model(osName: "android", osVersions: ["15"], brand: "samsung", name: "Galaxy S24", weight: 30),
        Model(osName: "android", osVersions: ["13", "14"], brand: "samsung", name: "Galaxy A54", weight: 30),
        Model(osName: "android", osVersions: ["13", "14"], brand: "Xiaomi", name: "Redmi Note 13", weight: 20),
    ]
}
