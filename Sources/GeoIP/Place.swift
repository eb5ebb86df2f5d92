/// Where an address is, by the names that Amplitude shows: English ones. What is not known is `nil`.
public struct Place: Equatable, Sendable {
    public var country: String?
    /// The most exact one that is known: a county rather than its part of the country.
    public var region: String?
    public var city: String?
    /// The designated market area, an area of television in the United States, such as
    /// `San Francisco-Oakland-San Jose, CA`.
    public var dma: String?

    public init(country: String? = nil, region: String? = nil, city: String? = nil, dma: String? = nil) {
        self.country = country
        self.region = region
        self.city = city
        self.dma = dma
    }
}
