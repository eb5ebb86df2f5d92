import EventModel
import Storage

extension EventContext {
    /// These belong together: whoever sets one of them has said all there is.
    /// Source: Documentation/events-and-identity.md E21.
    private static let device: [ContextField] = [
        .platform, .osName, .osVersion, .deviceBrand, .deviceManufacturer, .deviceModel, .carrier,
    ]
    static let place: [ContextField] = [.country, .region, .city, .dma]
    /// All fields: those that are set together, and each other alone.
    static let parts = {
        let others = ContextField.allCases.filter { !device.contains($0) && !place.contains($0) }
        return [device, place] + others.map { [$0] }
    }()

    /// Turns the context of a person's last event into that of the next one, which sets the fields of `event`.
    ///
    /// - Parameter isRevenue: whether it is a revenue event: its person is a paying one from this event on.
    mutating func update(from event: EventContext, isRevenue: Bool) {
        for group in [Self.device, Self.place] where group.contains(where: { event[$0] != nil }) {
            for field in group { self[field] = event[field] }
        }
        for field in [ContextField.version, .language] {
            if let value = event[field] { self[field] = value }
        }
        // Each event has come through some library; without a name it was a plain HTTP request.
        self[.library] = event[.library] ?? "http/2.0"
        for field in [ContextField.startVersion, .paying] {
            if let value = event[field] { self[field] = value }
        }
        if isRevenue { self[.paying] = "true" }
        if self[.startVersion] == nil { self[.startVersion] = self[.version] }
    }

    /// The parts of which an event after this context brings values.
    func received(from event: EventContext, isRevenue: Bool) -> [PersonProperty] {
        Self.parts.filter { part in
            switch part[0] {
            case .library: true
            case .paying: isRevenue || event[.paying] != nil
            case .startVersion:
                event[.startVersion] != nil || self[.startVersion] == nil && (event[.version] ?? self[.version]) != nil
            default: part.contains { event[$0] != nil }
            }
        }.map(Self.property)
    }

    /// The parts of which something is known.
    var known: [PersonProperty] {
        Self.parts.filter { part in part.contains { self[$0] != nil } }.map(Self.property)
    }

    /// Takes over what is known in `other`, as far as `isLater`, or nothing is known here.
    ///
    /// - Returns: what was taken over.
    mutating func join(_ other: EventContext, where isLater: (PersonProperty) -> Bool) -> [PersonProperty] {
        var taken: [PersonProperty] = []
        for part in Self.parts where part.contains(where: { other[$0] != nil }) {
            let property = Self.property(part)
            guard part.allSatisfy({ self[$0] == nil }) || isLater(property) else { continue }
            for field in part { self[field] = other[field] }
            taken.append(property)
        }
        return taken
    }

    private static func property(_ part: [ContextField]) -> PersonProperty {
        PersonProperty(ExactText(part[0].name), isBuiltIn: true)
    }
}
