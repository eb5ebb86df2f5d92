import EventModel
public import QueryModel

/// An event as oracles see it: plain values, nothing encoded.
public struct PlainEvent: Sendable {
    /// Number of the user key with which it was stored, or of the person once merges are applied.
    public var person: Int
    /// All user keys of the person.
    public var keys: Set<Int>
    public var type: String
    public var time: PlainTime
    public var milliseconds: Int64
    /// Its place in order of arrival.
    public var arrival: Int
    /// By name.
    public var properties: [String: PlainValue]
    public var country: String?
    public var plan: PlainValue
    public var revenue: Double?
    /// -1 without one.
    public var session: Int64
    /// Milliseconds on the sender's clock.
    public var clientTime: Int64
    /// Whether its day has left: then it says that its person was new, and nothing else.
    public var hasLeft = false

    /// Whole seconds, which is what charts count in.
    public var second: Int64 { Int64(time.seconds) }
    public var isCounted: Bool { type != "$identify" }

    public func value(of property: PropertyReference) -> PlainValue {
        switch property {
        case .event(let name): properties[name.string] ?? PlainValue()
        case .user, .userOrEvent: plan
        case .builtIn, .context: PlainValue(labels: country.map { [$0] } ?? [])
        case .eventType: PlainValue(labels: [type])
        case .revenue: PlainValue(labels: revenue.map { ["\($0)"] } ?? [], number: revenue)
        }
    }

    public func passes(_ filter: PropertyFilter) -> Bool {
        plainlyPasses(value(of: filter.property), filter.operator, filter.values.map(\.string))
    }
}
