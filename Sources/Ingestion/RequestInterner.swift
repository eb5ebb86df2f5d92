import EventModel
import GeoIP
import JSONTape
import Storage

/// What the events of one request have in common, read once: their contexts, the names of their properties, and the
/// places of their addresses.
///
/// Contexts and names are found by a fingerprint of the bytes as they were sent.
struct RequestInterner {
    private let enrichment: Enrichment
    private var placesByAddress: [String: Place?] = [:]
    private var contexts: [Fingerprint: EventContext] = [:]
    private var names: [Fingerprint: [String]] = [:]
    private var bytes: [UInt8] = []
    private var values: [(field: ContextField, value: JSONValue)] = []
    private var userAgent: String?
    private var library: String?
    private var place: Place?

    init(_ enrichment: Enrichment) {
        self.enrichment = enrichment
    }

    // MARK: The context of the event that is being read

    mutating func beginEvent() {
        bytes.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        userAgent = nil
        place = nil
        library = nil
    }

    /// - Returns: false if the value is of a kind that a context field cannot have.
    mutating func take(_ field: ContextField, _ value: JSONValue) -> Bool {
        if value.kind == .array || value.kind == .object { return false }
        values.append((field, value))
        bytes.append(UInt8(field.rawValue))
        append(value)
        return true
    }

    mutating func take(userAgent value: JSONValue) {
        userAgent = value.string
        bytes.append(0xFE)
        append(value)
    }

    /// The first SDKs tell their library's name and version apart; later ones write `name/version`.
    mutating func take(libraryNamed name: JSONValue?, version: JSONValue?) {
        let parts = [name, version].compactMap { $0?.string }.filter { !$0.isEmpty }
        library = parts.isEmpty ? nil : parts.joined(separator: "/")
        bytes.append(UInt8(ContextField.library.rawValue))
        bytes.append(contentsOf: (library ?? "").utf8)
        bytes.append(0xFF)
    }

    mutating func take(address: String?) {
        guard let places = enrichment.places, let address else { return }
        if let known = placesByAddress[address] {
            place = known
        } else {
            place = places.place(of: address)
            placesByAddress[address] = place
        }
    }

    /// The place of the event's address, unless the event names its place itself.
    private var placeToFill: Place? {
        guard let place else { return nil }
        let isNamed = values.contains { EventContext.place.contains($0.field) && $0.value.text?.count != 0 }
        return isNamed ? nil : place
    }

    private mutating func append(_ value: JSONValue) {
        if let text = value.text {
            text.withBytes { span in
                for index in span.indices { bytes.append(span[index]) }
            }
        } else {
            bytes.append(contentsOf: (PropertyValue(value).label ?? "").utf8)
        }
        // No byte of UTF-8 text, so that two values are never taken for one.
        bytes.append(0xFF)
    }

    /// The context that the event sets, and what stands for it. To be asked for before the names of its properties.
    mutating func context() -> (context: EventContext, fingerprint: Fingerprint) {
        let place = placeToFill?.fields ?? []
        for (field, text) in place {
            bytes.append(UInt8(field.rawValue))
            bytes.append(contentsOf: text.utf8)
            bytes.append(0xFF)
        }
        let fingerprint = Fingerprint(hashing: bytes.span)
        if let known = contexts[fingerprint] { return (known, fingerprint) }
        var context = EventContext()
        for (field, value) in values {
            let text = PropertyValue(value).label.map(PropertyLimits.cut)
            context[field] = text == "" ? nil : text
        }
        if let library { context[.library] = PropertyLimits.cut(library) }
        for (field, text) in place { context[field] = text }
        context.normalize(userAgent: userAgent, enrichment)
        contexts[fingerprint] = context
        return (context, fingerprint)
    }

    // MARK: Names of properties

    /// The keys of an object whose values are not null, and what stands for that list of keys.
    mutating func names(of properties: JSONValue) -> (names: [String], fingerprint: Fingerprint) {
        bytes.removeAll(keepingCapacity: true)
        for (key, value) in properties.members where !value.isNull {
            key.withBytes { span in
                for index in span.indices { bytes.append(span[index]) }
            }
            bytes.append(0xFF)
        }
        let fingerprint = Fingerprint(hashing: bytes.span)
        if let known = names[fingerprint] { return (known, fingerprint) }
        let read = properties.members.compactMap { $0.value.isNull ? nil : $0.key.string }
        names[fingerprint] = read
        return (read, fingerprint)
    }
}
