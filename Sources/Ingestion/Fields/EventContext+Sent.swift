import EventModel

/// A context as events bring it along: for each field its number, the text as it was sent, and 0xFF, which is no byte of
/// a text. Where a field comes twice the later text holds. Equal bytes are equal contexts.
extension EventContext {
    static let endTag: UInt8 = 0xFF

    /// The fields that an event sets, in the form in which they are stored.
    init(sent bytes: ArraySlice<UInt8>) {
        self.init()
        for part in bytes.split(separator: Self.endTag, omittingEmptySubsequences: true) {
            guard let tag = part.first, let field = ContextField(rawValue: Int(tag)) else { continue }
            let text = String(decoding: part.dropFirst(), as: UTF8.self)
            self[field] = text.isEmpty ? nil : PropertyLimits.cut(text)
        }
        normalize()
    }
}
