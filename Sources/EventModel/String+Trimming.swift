extension String {
    /// Without spaces and other white space around it. Source: Documentation/events-and-identity.md E6.
    public var trimmingSpaces: String {
        guard let first = unicodeScalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = unicodeScalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(unicodeScalars[first...last])
    }
}
