public import EventModel

/// When something arrived: with which of all stored events. A later one is larger.
public struct Arrival: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The batch's sequence, and in the lowest 24 bits the event's place among those of the batch.
    public var number: Int64

    /// Before all others: with events of a time when nobody kept this.
    public static let unknown = Arrival(number: 0)

    public init(number: Int64) {
        self.number = number
    }

    /// - Parameter index: the event's place in its batch, which has less than 2²⁴.
    public init(_ sequence: JournalSequence, index: Int) {
        number = sequence.number << 24 | Int64(index)
    }

    public static func < (lhs: Arrival, rhs: Arrival) -> Bool { lhs.number < rhs.number }
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
