public import EventModel
import JSONTape

/// Numbers a ``PropertyBundle``; 0 is none.
public struct PropertyBundleID: Hashable, Sendable, BitwiseCopyable {
    public static let none = PropertyBundleID(0)
    public let number: Int32

    public init(_ number: Int32) {
        self.number = number
    }
}

/// Properties of which an event has brought values. Most events of a project bring those of one of a few bundles.
public struct PropertyBundle: Hashable, Sendable {
    public let properties: Set<PersonProperty>

    public init(_ properties: some Sequence<PersonProperty>) {
        self.properties = Set(properties)
    }

    /// - Parameter text: what ``text`` has made; `nil` for anything else.
    public init?(text: String) {
        let names = try? JSONDocument.withRoot(of: Array(text.utf8)) { root in root.elements.compactMap(\.string) }
        guard let names else { return nil }
        self.init(names.map { PersonProperty(ExactText(String($0.dropFirst())), isBuiltIn: $0.first == "*") })
    }

    /// A JSON list of names, behind a `*` those of built-in ones, behind a `.` the others: equal for equal bundles alone.
    public var text: String {
        var json = JSONWriter()
        json.list(properties.map { ExactText(($0.isBuiltIn ? "*" : ".") + $0.name.string) }.sorted()) {
            $0.string($1.string)
        }
        return json.text
    }
}

/// With which event a user's bundle came for the last time.
public struct BundleArrival: Equatable, Sendable {
    public var user: UserKey
    public var bundle: PropertyBundleID
    public var arrival: Arrival

    public init(user: UserKey, bundle: PropertyBundleID, arrival: Arrival) {
        self.user = user
        self.bundle = bundle
        self.arrival = arrival
    }
}
