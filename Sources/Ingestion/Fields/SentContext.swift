import EventModel
import GeoIP
import JSONTape
import Storage
import UserAgents

/// Gathers the context of one event after the other, as bytes: see ``EventContext/init(sent:)``.
///
/// What addresses and user agents tell is written among them, so that equal bytes are equal contexts. Each is looked up
/// once in a request.
struct SentContext {
    private let enrichment: Enrichment
    private let secret = Fingerprint.Secret.shared
    private var bytes: [UInt8] = []
    /// Fields with a value, as bits.
    private var named: UInt64 = 0
    private var places: [Fingerprint: [UInt8]] = [:]
    private var agents: [Fingerprint: AgentBytes] = [:]

    private struct AgentBytes {
        var device: [UInt8]
        /// For events that do not name theirs.
        var platform: [UInt8]
    }

    init(_ enrichment: Enrichment) {
        self.enrichment = enrichment
    }

    /// Begins the next event.
    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        named = 0
    }

    /// - Returns: false if the value is of a kind that a context field cannot have.
    mutating func take(_ field: ContextField, _ value: JSONValue) -> Bool {
        if value.kind == .array || value.kind == .object { return false }
        let start = bytes.count
        bytes.append(UInt8(field.rawValue))
        append(value)
        let bit = Self.bit(field)
        if bytes.count > start + 1 { named |= bit } else { named &= ~bit }
        bytes.append(EventContext.endTag)
        return true
    }

    /// The first SDKs tell their library's name and version apart; later ones write `name/version`.
    mutating func take(libraryNamed name: JSONValue?, version: JSONValue?) {
        let parts = [name, version].compactMap { $0?.string }.filter { !$0.isEmpty }
        bytes.append(sent: .library, parts.joined(separator: "/"))
    }

    /// Adds the place of the event's address, if the event does not name its place itself: to be called behind ``take(_:_:)``.
    mutating func fill(address: Span<UInt8>) {
        guard let database = enrichment.places, !names(EventContext.place) else { return }
        let fingerprint = Fingerprint(address, secret)
        if let known = places[fingerprint] {
            bytes += known
            return
        }
        var copy: [UInt8] = []
        copy.append(copying: address)
        let place = Self.bytes(of: database.place(of: String(decoding: copy, as: UTF8.self)))
        places[fingerprint] = place
        bytes += place
    }

    /// Adds what the event's user agent tells, if the event does not speak of its device itself: to be called behind
    /// ``take(_:_:)``.
    mutating func fill(userAgent: Span<UInt8>) {
        guard let reader = enrichment.agents, !names([.osName, .deviceModel]) else { return }
        let fingerprint = Fingerprint(userAgent, secret)
        let known = agents[fingerprint]
        let agent = known ?? Self.bytes(of: userAgent, reader)
        if known == nil { agents[fingerprint] = agent }
        if !names([.platform]) { bytes += agent.platform }
        bytes += agent.device
    }

    /// What stands for the event's context, and where it lies.
    func key(_ builder: inout RequestBuilder) -> SentKey { builder.key(bytes.span) }

    private static func bytes(of userAgent: Span<UInt8>, _ reader: UserAgentReader) -> AgentBytes {
        var copy: [UInt8] = []
        copy.append(copying: userAgent)
        var context = EventContext()
        context.fill(from: String(decoding: copy, as: UTF8.self), reader)
        var agent = AgentBytes(device: [], platform: [])
        for field in [ContextField.osName, .osVersion, .deviceModel, .deviceBrand] {
            // An empty one too: the version that an event names would be that of something else.
            agent.device.append(sent: field, context[field] ?? "")
        }
        if let platform = context[.platform] { agent.platform.append(sent: .platform, platform) }
        return agent
    }

    private static func bytes(of place: Place?) -> [UInt8] {
        var bytes: [UInt8] = []
        for (field, text) in place?.fields ?? [] { bytes.append(sent: field, text) }
        return bytes
    }

    private func names(_ fields: [ContextField]) -> Bool {
        fields.contains { named & Self.bit($0) != 0 }
    }

    private static func bit(_ field: ContextField) -> UInt64 { 1 << UInt64(field.rawValue) }

    private mutating func append(_ value: JSONValue) {
        if let text = value.text {
            text.append(to: &bytes)
        } else {
            bytes.append(contentsOf: (value.label ?? "").utf8)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(sent field: ContextField, _ text: String) {
        append(UInt8(field.rawValue))
        append(contentsOf: text.utf8)
        append(EventContext.endTag)
    }
}
