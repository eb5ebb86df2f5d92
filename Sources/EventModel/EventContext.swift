/// A built-in user property: what an event says about its sender's app, device and place.
///
/// Raw value: its place in a context and among the columns on disk.
/// Source: Documentation/events-and-identity.md E21 to E23.
public enum ContextField: Int, CaseIterable, Sendable {
    /// `app_version` on the way in, `version_name` in exports.
    case version
    case platform, osName, osVersion, deviceBrand, deviceManufacturer, deviceModel
    case carrier, country, region, city, dma, language, library
    /// The app version of the person's first event that had one.
    case startVersion
    /// "true" from the person's first revenue event on.
    case paying

    /// The name of its column on disk.
    public var name: String { Self.names[rawValue] }

    public init?(name: String) {
        guard let index = Self.names.firstIndex(of: name) else { return nil }
        self.init(rawValue: index)
    }

    private static let names = [
        "version", "platform", "os_name", "os_version", "device_brand", "device_manufacturer", "device_model",
        "carrier", "country", "region", "city", "dma", "language", "library", "start_version", "paying",
    ]
}

/// The values of all built-in user properties at one event. `nil` is "not known", shown as `(none)`.
///
/// Many events share one context, so it is stored once and events carry its ``ContextID``.
public struct EventContext: Sendable {
    private var values: [String?]

    public init() {
        values = Array(repeating: nil, count: ContextField.allCases.count)
    }

    public subscript(field: ContextField) -> String? {
        get { values[field.rawValue] }
        set { values[field.rawValue] = newValue }
    }

    /// The known fields as a JSON object, in one order: equal contexts, and only those, give equal text.
    public func write(to writer: inout JSONWriter) {
        let known = ContextField.allCases.compactMap { field in
            self[field].map { PropertyMember(key: field.name, value: .string($0)) }
        }
        writer.object(known)
    }

    /// `os_name os_version`, whichever of them is known.
    public var os: String? {
        guard let name = self[.osName] else { return self[.osVersion] }
        guard let version = self[.osVersion] else { return name }
        return name + " " + version
    }
}
