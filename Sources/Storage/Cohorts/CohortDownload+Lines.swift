extension CohortDownload {
    /// The lines of all others than these people, who are told by their Amplitude IDs, in front of each line.
    public static func lines(_ lines: [UInt8], without people: Set<Int64>) -> [UInt8] {
        if people.isEmpty { return lines }
        var kept: [UInt8] = []
        var (start, isQuoted) = (0, false)
        for (index, byte) in lines.enumerated() {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard byte == UInt8(ascii: "\n"), !isQuoted else { continue }
            let line = lines[start...index]
            let number = Int64(String(decoding: line.prefix { $0 != UInt8(ascii: ",") }, as: UTF8.self))
            if number.map({ !people.contains($0) }) ?? true { kept += line }
            start = index + 1
        }
        return kept
    }
}
