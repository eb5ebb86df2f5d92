package import Compression
public import EventModel

/// A large set of user properties, told by what it differs in from one that was told before: so a list that grows by one
/// element a thousand times takes the room of its elements, and not of a thousand lists.
///
/// Such a set is one person's own: its number stands for no other person's properties.
public struct PropertySetPatch: Equatable, Sendable {
    public var set: PropertySetID
    /// What it is told by; the empty set is an empty text.
    public var base: PropertySetID
    /// In the form of `ZstdPatcher`.
    public var bytes: [UInt8]

    /// Sets whose JSON is longer than this are told so; shorter ones are told whole, and shared by all who have them.
    public static let threshold = 1_024
    /// The longest JSON that a set may have had in any version.
    private static let longest = 64 << 20

    public init(_ set: PropertySetID, of base: PropertySetID, bytes: [UInt8]) {
        self.set = set
        self.base = base
        self.bytes = bytes
    }

    /// - Parameters:
    ///   - baseText: the JSON of the base.
    ///   - text: the JSON of the set.
    package init(
        _ set: PropertySetID,
        _ text: String,
        of base: PropertySetID,
        _ baseText: String,
        by patcher: ZstdPatcher
    ) {
        self.init(set, of: base, bytes: patcher.patch(from: baseText.utf8Span.span, to: text.utf8Span.span))
    }

    /// Bytes of the JSON of the set; 0 if this is no patch.
    public var textSize: Int { (try? ZstdPatcher.size(of: bytes, limit: Self.longest)) ?? 0 }

    /// The JSON of the set.
    ///
    /// - Parameter baseText: that of the base.
    /// - Throws: if this is no patch of it.
    package func text(base baseText: String, by patcher: ZstdPatcher) throws -> String {
        let bytes = try patcher.apply(bytes, to: baseText.utf8Span.span, limit: Self.longest)
        return String(decoding: bytes, as: UTF8.self)
    }
}
