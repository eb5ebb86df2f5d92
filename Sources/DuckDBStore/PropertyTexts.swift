/// The JSON of property sets by which others may be told, by number: the latest, as far as they are not many bytes.
struct PropertyTexts {
    /// Two halves: what is asked for moves into the young one, and when that is full it takes the place of the old one.
    private var young: [Int32: String] = [:]
    private var old: [Int32: String] = [:]
    private var size = 0
    /// Bytes of each half.
    private static let capacity = 8 << 20

    mutating func text(of set: Int32) -> String? {
        if let text = young[set] { return text }
        guard let text = old[set] else { return nil }
        keep(text, of: set)
        return text
    }

    mutating func keep(_ text: String, of set: Int32) {
        size += text.utf8.count
        young[set] = text
        guard size > Self.capacity else { return }
        old = young
        young = [:]
        size = 0
    }
}
