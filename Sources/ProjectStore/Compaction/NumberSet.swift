/// A set of dense numbers from 0 on, with a bit for each.
struct NumberSet {
    private var words: [UInt64] = []

    mutating func insert(_ number: Int32) {
        guard number >= 0 else { return }
        let word = Int(number) >> 6
        if word >= words.count {
            words.append(contentsOf: repeatElement(0, count: max(word + 1, words.count * 3 / 2) - words.count))
        }
        words[word] |= 1 << UInt64(number & 63)
    }

    func contains(_ number: Int32) -> Bool {
        let word = Int(number) >> 6
        return number >= 0 && word < words.count && words[word] & 1 << UInt64(number & 63) != 0
    }
}
