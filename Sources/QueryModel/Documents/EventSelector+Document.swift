import EventModel

/// `{"event":"Purchase","filters":[…],"groupBy":["event.currency"]}`; in place of `event`, `custom` names a custom event,
/// and `any` what is not of one name.
extension EventSelector: Codable {
    static let documentMembers = ["event", "custom", "any", "filters", "groupBy", "nth"]
    static let documentShape = "an event, such as {\"event\":\"Purchase\"} or {\"any\":\"active\"}"

    public init(from decoder: any Decoder) throws {
        self = try EventSelector(DocumentObject(decoder, Self.documentShape, known: Self.documentMembers))
    }

    /// - Parameter object: may have other members, too.
    private init(_ object: DocumentObject) throws {
        let groupBy = try object.value(
            "groupBy",
            "a list of properties, such as [\"country\"]",
            as: [PropertyReference].self
        )
        guard (groupBy ?? []).count <= 2 else { throw object.outOfRange("groupBy", "takes two properties at most") }
        let type = try EventType(object)
        let nth = try object.number("nth", Self.nthTimes, example: 1)
        if nth != nil, case .firstEver = type {
            throw object.outOfRange("nth", "is known of what people can do again; leave it out")
        }
        self.init(
            type: type,
            filters: try object.value("filters", "a list of filters") ?? [],
            groupBy: groupBy ?? [],
            nth: nth
        )
    }

    public func encode(to encoder: any Encoder) throws {
        var writer = DocumentWriter(encoder)
        switch type {
        case .named(let name): try writer.write("event", name.string)
        case .custom(let name): try writer.write("custom", name.string)
        default: try writer.write("any", Unnamed(type)?.rawValue)
        }
        try writer.write("filters", filters, unless: [])
        try writer.write("groupBy", groupBy, unless: [])
        try writer.write("nth", nth, unless: nil)
    }
}

extension EventSelector {
    /// Events that have no one name. Raw value: what `any` is in a document.
    fileprivate enum Unnamed: String, CaseIterable {
        case event, active, first, revenue, row
        case verifiedRevenue = "verified_revenue"
        case unverifiedRevenue = "unverified_revenue"

        init?(_ type: EventType) {
            guard let unnamed = Self.allCases.first(where: { $0.type == type }) else { return nil }
            self = unnamed
        }

        var type: EventType {
            switch self {
            case .event: .any
            case .active: .anyActive
            case .first: .firstEver
            case .row: .anyRow
            case .revenue: .revenue(.any)
            case .verifiedRevenue: .revenue(.verified)
            case .unverifiedRevenue: .revenue(.unverified)
            }
        }
    }
}

extension EventSelector.EventType {
    fileprivate init(_ object: DocumentObject) throws {
        guard ["event", "custom", "any"].count(where: object.has) == 1 else {
            throw object.malformed(
                "\(EventSelector.documentShape): it has one of \"event\", \"custom\" and \"any\""
            )
        }
        let shape = "a name that is not empty, such as \"Purchase\""
        func name(_ member: String) throws -> ExactText {
            let name = try object.required(member, shape, as: String.self)
            if name.isEmpty { throw object.malformed(member, shape) }
            return ExactText(name)
        }
        if let any = try object.choice("any", of: EventSelector.Unnamed.self) {
            self = any.type
        } else if object.has("custom") {
            self = .custom(try name("custom"))
        } else {
            self = .named(try name("event"))
        }
    }
}
