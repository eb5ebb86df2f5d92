/// A number that a project counts out from 1 on, so that the next one is never far from the last.
public protocol DenseKey {
    init(_ number: Int32)
    var number: Int32 { get }
}

extension UserKey: DenseKey {}
extension DeviceKey: DenseKey {}
extension EventTypeID: DenseKey {}
extension ContextID: DenseKey {}
extension PropertySetID: DenseKey {}

public typealias UserKeySet = DenseSet<UserKey>

/// A set of dense keys, a bit for each up to the largest: to look one up costs next to nothing, and a million take what a
/// few thousand take in a hash table. Negative numbers are in none.
public struct DenseSet<Key: DenseKey>: Equatable, Sendable {
    /// Without words that are empty at the end.
    @usableFromInline var words: [UInt64] = []

    public init() {}

    public init(_ keys: some Sequence<Key>) {
        for key in keys { insert(key) }
    }

    public var isEmpty: Bool { words.isEmpty }

    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Bytes of memory.
    public var size: Int { words.count * 8 }

    @inlinable public func contains(_ key: Key) -> Bool { contains(number: key.number) }

    /// The same for a key's number.
    @inlinable public func contains(number: Int32) -> Bool {
        let word = Int(number) >> 6
        return number >= 0 && word < words.count && words[word] >> UInt64(number & 63) & 1 == 1
    }

    @inlinable public mutating func insert(_ key: Key) { insert(number: key.number) }

    /// The same for a key's number.
    @inlinable public mutating func insert(number: Int32) {
        guard number >= 0 else { return }
        let word = Int(number) >> 6
        if word >= words.count { words.append(contentsOf: repeatElement(0, count: word + 1 - words.count)) }
        words[word] |= 1 << UInt64(number & 63)
    }

    public mutating func remove(_ key: Key) {
        guard contains(key) else { return }
        words[Int(key.number) >> 6] &= ~(1 << UInt64(key.number & 63))
        trim()
    }

    public mutating func formUnion(_ other: DenseSet) {
        if other.words.count > words.count {
            words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
        }
        for word in other.words.indices { words[word] |= other.words[word] }
    }

    public mutating func subtract(_ other: DenseSet) {
        for word in words.indices.prefix(other.words.count) { words[word] &= ~other.words[word] }
        trim()
    }

    public func subtracting(_ other: DenseSet) -> DenseSet {
        var rest = self
        rest.subtract(other)
        return rest
    }

    private mutating func trim() {
        while words.last == 0 { words.removeLast() }
    }
}

extension DenseSet: Sequence {
    /// Ascending.
    public struct Iterator: IteratorProtocol {
        private let words: [UInt64]
        private var word = 0
        private var rest: UInt64

        fileprivate init(_ words: [UInt64]) {
            self.words = words
            rest = words.first ?? 0
        }

        public mutating func next() -> Key? {
            while rest == 0 {
                word += 1
                guard word < words.count else { return nil }
                rest = words[word]
            }
            defer { rest &= rest - 1 }
            return Key(Int32(word * 64 + rest.trailingZeroBitCount))
        }
    }

    public func makeIterator() -> Iterator { Iterator(words) }
}

extension DenseSet: ExpressibleByArrayLiteral {
    public init(arrayLiteral keys: Key...) {
        self.init(keys)
    }
}
