import EventModel

// What a number may be that is beyond 64 bits, and what a key may have that no name can.
extension JSONValue {
    /// The text that a scalar is as an id or a name: whole numbers are all their digits, however many there are. `nil` for
    /// null, lists and objects, and for other numbers that are beyond a double.
    ///
    /// As a property's value, a number is what ``PropertyValue/label`` says: that of the nearest double.
    public var label: String? {
        switch letter {
        case UInt8(ascii: "u"): unsafe "\(tape[index + 1])"
        case Self.largeNumberLetter: largeNumber.flatMap { $0.isWhole ? $0.text : nil }
        default: PropertyValue(self).label
        }
    }

    /// Whether it is a number that no double can hold.
    public var isBeyondDouble: Bool { largeNumber.map { $0.double == nil } ?? false }

    /// Whether it is such a number, or has one in it.
    public var holdsNumberBeyondDouble: Bool {
        switch kind {
        case .object: members.contains { $0.value.holdsNumberBeyondDouble }
        case .array: elements.contains { $0.holdsNumberBeyondDouble }
        default: isBeyondDouble
        }
    }

    /// Whether a key in it, on whatever level, has a U+0000.
    public var hasKeyWithZeroCharacter: Bool {
        switch kind {
        case .object: members.contains { $0.key.hasZeroCharacter || $0.value.hasKeyWithZeroCharacter }
        case .array: elements.contains { $0.hasKeyWithZeroCharacter }
        default: false
        }
    }

    var largeNumber: LargeNumber? {
        guard letter == Self.largeNumberLetter else { return nil }
        let text = unsafe JSONText(strings + Int(payload)).string
        return LargeNumber(text: text, isWhole: !text.utf8.contains { [0x2E, 0x45, 0x65].contains($0) })
    }

    @usableFromInline var largeDouble: Double? { largeNumber?.double }
}
