import Compression
public import Foundation

/// Looks for words in all bytes of all files of a folder, also in what is packed there.
public struct FileTraces {
    /// Words that were found, each as `WORD in FILE`.
    public private(set) var found: Set<String> = []
    /// Free pages of SQLite's files that were not overwritten, each as `page N of FILE`.
    public private(set) var dirtyPages: [String] = []

    private let words: [String]

    public init(of words: [String], in folder: URL) throws {
        self.words = words
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            guard let bytes = try? Data(contentsOf: folder.appendingPathComponent(name)) else { continue }
            look(at: bytes, of: name)
            if bytes.starts(with: Data("SQLite format 3".utf8)) { lookAtFreePages(in: bytes, of: name) }
        }
    }

    /// Which of these words were found anywhere.
    public func has(_ word: String) -> Bool { found.contains { $0.hasPrefix("\(word) in ") } }

    private mutating func look(at bytes: Data, of name: String) {
        note(bytes, name)
        // Frames of zstd begin so; those that SQLite has cut by its pages are read from its rows by whoever asks.
        let magic = Data([0x28, 0xB5, 0x2F, 0xFD])
        var start = bytes.startIndex
        while let place = bytes.range(of: magic, in: start..<bytes.endIndex) {
            let rest = bytes[place.lowerBound...].prefix(4 << 20)
            if let text = try? Zstd.decompressFirst(of: Array(rest), limit: 8 << 20) { note(Data(text), name) }
            start = place.upperBound
        }
    }

    private mutating func note(_ bytes: Data, _ name: String) {
        for word in words where bytes.range(of: Data(word.utf8)) != nil { found.insert("\(word) in \(name)") }
    }

    /// Source: <https://www.sqlite.org/fileformat2.html#the_freelist>
    private mutating func lookAtFreePages(in file: Data, of name: String) {
        func number(_ place: Int) -> Int { file[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        let pageSize = Int(file[16]) << 8 | Int(file[17])
        var trunk = number(32)
        while trunk != 0 {
            let start = (trunk - 1) * pageSize
            let leaves = number(start + 4)
            for leaf in 0..<leaves {
                let page = (number(start + 8 + 4 * leaf) - 1) * pageSize
                // Where a page was one of a chain, its first four bytes name the next.
                if file[page + 4..<page + pageSize].contains(where: { $0 != 0 }) {
                    dirtyPages.append("page \(page / pageSize + 1) of \(name)")
                }
            }
            if file[start + 8 + 4 * leaves..<start + pageSize].contains(where: { $0 != 0 }) {
                dirtyPages.append("page \(trunk) of \(name)")
            }
            trunk = number(start)
        }
    }
}
