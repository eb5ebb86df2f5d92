public import EventModel

/// When the values of one user's properties arrived. Those without an entry arrived together with the user.
public struct PersonArrivals: Equatable, Sendable {
    public var ofUser: Arrival
    public var ofProperties: [PersonProperty: Arrival]

    public init(ofUser: Arrival, ofProperties: [PersonProperty: Arrival] = [:]) {
        self.ofUser = ofUser
        self.ofProperties = ofProperties
    }

    public subscript(property: PersonProperty) -> Arrival { ofProperties[property] ?? ofUser }
}

/// What has an arrival of its own: a user property, or those built-in ones that are set together.
public struct PersonProperty: Hashable, Sendable {
    /// Then `name` is that of the first ``ContextField`` of those that are set together.
    public var isBuiltIn: Bool
    public var name: ExactText

    public init(_ name: ExactText, isBuiltIn: Bool = false) {
        self.isBuiltIn = isBuiltIn
        self.name = name
    }
}

/// From then on a user's property has had its value.
public struct PropertyArrival: Equatable, Sendable {
    public var user: UserKey
    public var property: PersonProperty
    public var arrival: Arrival

    public init(user: UserKey, property: PersonProperty, arrival: Arrival) {
        self.user = user
        self.property = property
        self.arrival = arrival
    }
}
