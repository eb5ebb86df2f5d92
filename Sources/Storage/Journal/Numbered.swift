/// A number given to a value for ever.
public struct Numbered<Key: Sendable, Value: Sendable>: Sendable {
    public var key: Key
    public var value: Value

    public init(_ key: Key, _ value: Value) {
        self.key = key
        self.value = value
    }
}

/// A number given to a text for ever.
public typealias Named<Key: Sendable> = Numbered<Key, String>
