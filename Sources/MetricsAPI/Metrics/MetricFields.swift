import EventModel
import HTTPEdge
import QueryModel

// Names of fields. Source: Documentation/metrics.md V1.

extension PropertyReference {
    /// - Parameter parameter: the one that names it, for errors.
    init(field name: String, _ parameter: String) throws(QueryParameterError) {
        if let known = Self.fields[name] {
            self = known
        } else if let trait = name.after("trait:") ?? name.after("traits.") {
            self = .user(ExactText(trait))
        } else if let own = name.after("properties.") {
            self = .event(ExactText(own))
        } else if Self.fieldsToCome.contains(name) {
            throw .unsupported(
                parameter,
                "\(name) cannot be asked here yet; ask for one of \(Self.fields.keys.sorted().joined(separator: ", "))"
            )
        } else if name.isEmpty {
            throw .malformed(
                parameter,
                "\(parameter) must name a field, such as country, properties.plan or trait:plan"
            )
        } else {
            self = .event(ExactText(name))
        }
    }

    private static let fields: [String: PropertyReference] = [
        "event_name": .eventType, "user_id": .builtIn(.userID), "device_id": .builtIn(.deviceID),
        "country": .builtIn(.country), "region": .builtIn(.region), "city": .builtIn(.city),
        "platform": .builtIn(.platform), "app_version": .builtIn(.version), "locale": .builtIn(.language),
        "device_type": .builtIn(.deviceType), "device_model": .context(.deviceModel),
        "operating_system": .context(.osName), "os": .context(.osName), "os_version": .context(.osVersion),
    ]

    private static let fieldsToCome: Set<String> = ["session_id", "timestamp", "source_ip", "service"]
}

extension String {
    /// What follows a beginning; `nil` if it is another one, or nothing follows.
    fileprivate func after(_ beginning: String) -> String? {
        guard utf8.starts(with: beginning.utf8), utf8.count > beginning.utf8.count else { return nil }
        return String(decoding: utf8.dropFirst(beginning.utf8.count), as: UTF8.self)
    }
}

extension EventSelector.EventType {
    /// `ce:NAME` is a custom event.
    init(metricEvent name: String) {
        if name.utf8.starts(with: "ce:".utf8), name.utf8.count > 3 {
            self = .custom(ExactText(String(decoding: name.utf8.dropFirst(3), as: UTF8.self)))
        } else {
            self = .named(ExactText(name))
        }
    }
}
