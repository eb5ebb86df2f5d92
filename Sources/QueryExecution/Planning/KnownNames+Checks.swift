public import ColumnEngine
import EventModel
public import QueryModel
import Storage

// What a project's names say of those in a question. Names that were never received are mistakes. Source:
// Documentation/counting.md C6, C7.

extension KnownNames {
    /// Types whose events are something that somebody did: identifies are not.
    /// Source: Documentation/events-and-identity.md E33.
    var countedTypes: [Numbered<Int32, ExactText>] {
        eventTypes.filter { EventNames.isActivity($0.value) }
            .map { Numbered($0.key.number, ExactText($0.value)) }
    }

    /// The types of these events; `nil` if any type may be among them.
    func types(of events: [EventSelector]) -> Set<Int32>? {
        var types: Set<Int32> = []
        for event in events {
            guard case .named(let name) = event.type else { return nil }
            types.formUnion(countedTypes.filter { $0.value == name }.map(\.key))
        }
        return types
    }

    public func check(_ events: [EventSelector]) throws(QueryError) {
        for case .named(let name) in events.map(\.type) where !countedTypes.contains(where: { $0.value == name }) {
            let nearest = nearestNames(to: name.string, among: countedTypes.map(\.value.string))
            throw .unknownEventType(name.string, nearest: nearest)
        }
    }

    public func check(_ properties: [PropertyReference: QueryError.PropertyPlace]) throws(QueryError) {
        for (property, place) in properties {
            switch property {
            case .event(let name):
                if knows(.event, name.string) { continue }
                // Some write it as they write users' own properties elsewhere.
                let bare = name.string.hasPrefix("gp:") ? String(name.string.dropFirst(3)) : name.string
                if knows(.user, bare) || BuiltInProperty(anyName: bare) != nil { throw .userProperty(bare) }
                throw unknown(name, [.event])
            case .user(let name):
                if knows(.user, name.string) { continue }
                if knows(.event, name.string) { throw .eventProperty(name.string, named: place) }
                throw unknown(name, [.user])
            case .userOrEvent(let name): preconditionFailure("\(name.string) was to be resolved before")
            case .builtIn, .context, .eventType, .revenue: break
            }
        }
    }

    /// The property itself or, if it is either the users' or the events', the one of the two that there is.
    func resolved(_ property: PropertyReference) throws(QueryError) -> PropertyReference {
        guard case .userOrEvent(let name) = property else { return property }
        if knows(.user, name.string) { return .user(name) }
        if knows(.event, name.string) { return .event(name) }
        throw unknown(name, [.user, .event])
    }

    private func knows(_ kind: PropertyName.Kind, _ name: String) -> Bool {
        properties.contains(PropertyName(kind, name))
    }

    private func unknown(_ name: ExactText, _ kinds: Set<PropertyName.Kind>) -> QueryError {
        let alike = Set(properties.filter { kinds.contains($0.kind) }.map(\.name))
        return .unknownProperty(name.string, nearest: nearestNames(to: name.string, among: alike.map(\.string)))
    }
}

extension BuiltInProperty {
    /// By any name that requests have for it.
    fileprivate init?(anyName name: String) { self.init(rawValue: name == "DMA" ? "dma" : name) }
}
