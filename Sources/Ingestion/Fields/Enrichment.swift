import EventModel
public import GeoIP
public import UserAgents

/// What the server adds to what an event says of itself: the place of its address, and what its user agent tells.
public struct Enrichment: Sendable {
    /// Without them, an event has the place that it brings.
    public var places: GeoDatabase?
    /// Without it, user agents are kept but not read.
    public var agents: UserAgentReader?

    public init(places: GeoDatabase? = nil, agents: UserAgentReader? = nil) {
        self.places = places
        self.agents = agents
    }

    public static let none = Enrichment()
}

extension Place {
    /// Its known fields as they are stored.
    var fields: [(ContextField, String)] {
        [(ContextField.country, country), (.region, region), (.city, city), (.dma, dma)].compactMap { field, value in
            value.map { (field, PropertyLimits.cut($0)) }
        }
    }
}

extension EventContext {
    /// Takes from a user agent what the event says nothing about. Source: Documentation/events-and-identity.md E22.
    ///
    /// As in Amplitude's own data, the "os" of a page is its browser, and its device the machine.
    mutating func fill(from userAgent: String, _ reader: UserAgentReader) {
        let agent = reader.read(userAgent)
        self[.osName] = agent.browser.map(PropertyLimits.cut)
        self[.osVersion] = agent.browserVersion.map(PropertyLimits.cut)
        self[.deviceModel] = agent.model.map(PropertyLimits.cut)
        self[.deviceBrand] = agent.brand.map(PropertyLimits.cut)
        let isPage = userAgent.hasPrefix("Mozilla/") || userAgent.hasPrefix("Opera/")
        if isPage, agent.browser != nil, self[.platform] == nil { self[.platform] = "Web" }
    }
}

extension UserAgent {
    /// The machine; where its model is not told, its system.
    fileprivate var model: String? {
        if deviceBrand == "Spider" { return "Spider" }
        // Since 2023 Chrome calls every Android device so.
        let told = deviceModel == "K" ? nil : deviceModel
        return told ?? system
    }

    /// The maker. uap-core's "Generic" ones are no makers.
    fileprivate var brand: String? {
        guard let deviceBrand, deviceBrand != "Spider", !deviceBrand.hasPrefix("Generic") else { return nil }
        return deviceBrand
    }
}
