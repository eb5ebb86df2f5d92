/// What a browser's `User-Agent` says of itself, for events that do not say it: the common browsers and devices only.
///
/// As in Amplitude's own data, the "os" of a page is its browser. What is not recognised stays unknown.
struct UserAgent: Equatable {
    /// The browser.
    private(set) var osName: String?
    /// The browser's major version.
    private(set) var osVersion: String?
    private(set) var deviceModel: String?

    /// The mark of a browser in front of its version, and its name. The first that is found counts: most browsers also
    /// carry the marks of those that they want to be taken for, which therefore come later.
    private static let browsers = [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Browser"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Version/", "Safari"),
    ]

    /// A word in the agent, and the device that it means; the first that is found counts.
    private static let devices = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Macintosh", "Mac"), ("Windows", "Windows"),
        ("Android", "Android"), ("CrOS", "Chrome OS"), ("Linux", "Linux"),
    ]

    init(_ agent: String) {
        for (mark, name) in Self.browsers {
            guard let found = agent.firstRange(of: mark) else { continue }
            osName = name
            osVersion = String(agent[found.upperBound...].prefix { $0.isWholeNumber })
            if osVersion == "" { osVersion = nil }
            break
        }
        deviceModel = Self.devices.first { agent.firstRange(of: $0.0) != nil }?.1
    }
}
