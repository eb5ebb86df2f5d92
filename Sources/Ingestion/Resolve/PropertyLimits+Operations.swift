import JSONTape

extension PropertyLimits {
    /// Whether a property is to become a longer list than it may be, by an operation or by a plain key.
    static func setsTooLongList(_ properties: JSONValue) -> Bool {
        properties.members.contains { key, value in
            switch PropertyOperation(key) {
            case nil: isTooLong(value)
            case .set, .setOnce: value.members.contains { isTooLong($0.value) }
            default: false
            }
        }
    }

    private static func isTooLong(_ value: JSONValue) -> Bool {
        value.kind == .array && value.elements.count { _ in true } > mostElements
    }
}
