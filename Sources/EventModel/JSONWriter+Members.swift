extension JSONWriter {
    /// A comma and a key.
    public mutating func key(_ name: StaticString) {
        raw(",\"")
        raw(name)
        raw("\":")
    }

    /// A comma, a key and null.
    public mutating func null(_ name: StaticString) {
        key(name)
        raw("null")
    }

    /// A comma, a key and a text, or null.
    public mutating func member(_ name: StaticString, _ text: String?) {
        key(name)
        string(text)
    }
}
