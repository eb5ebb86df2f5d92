import Compression
import Foundation

/// A zip file read as plainly as can be: from its directory, of members that are stored.
struct PlainZip {
    struct Member: Equatable {
        var name: String
        var content: [UInt8]
    }

    struct Damage: Error {
        var sentence: String
    }

    var members: [Member] = []

    /// - Parameter start: how many bytes are before these in the file.
    init(_ bytes: [UInt8], after start: Int = 0) throws {
        func number(_ place: Int, _ size: Int) -> Int {
            (0..<size).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        }
        let end = bytes.count - 22
        guard number(end, 4) == 0x0605_4B50 else { throw Damage(sentence: "no end") }
        var (count, directory) = (number(end + 10, 2), number(end + 16, 4))
        if count == 0xFFFF || directory == 0xFFFF_FFFF {
            guard number(end - 20, 4) == 0x0706_4B50 else { throw Damage(sentence: "no locator") }
            let large = number(end - 12, 8) - start
            guard number(large, 4) == 0x0606_4B50 else { throw Damage(sentence: "no large end") }
            (count, directory) = (number(large + 32, 8), number(large + 48, 8))
        }
        var place = directory - start
        for _ in 0..<count {
            guard number(place, 4) == 0x0201_4B50 else { throw Damage(sentence: "no entry") }
            let (size, nameSize, extraSize) = (number(place + 24, 4), number(place + 28, 2), number(place + 30, 2))
            let name = bytes[place + 46..<place + 46 + nameSize]
            var offset = number(place + 42, 4)
            if offset == 0xFFFF_FFFF { offset = number(place + 46 + nameSize + 4, 8) }
            let content = offset - start + 30 + nameSize
            guard number(offset - start, 4) == 0x0403_4B50, bytes[offset - start + 30..<content] == name else {
                throw Damage(sentence: "no header of \(String(decoding: name, as: UTF8.self))")
            }
            let member = Array(bytes[content..<content + size])
            guard number(content + size, 4) == 0x0807_4B50, number(content + size + 4, 4) == number(place + 16, 4),
                number(content + size + 12, 4) == size
            else { throw Damage(sentence: "no lengths behind \(String(decoding: name, as: UTF8.self))") }
            members.append(Member(name: String(decoding: name, as: UTF8.self), content: member))
            place += 46 + nameSize + extraSize
        }
    }

    /// The lines of all members, member by member.
    func lines() throws -> [(name: String, lines: [String])] {
        try members.map { member in
            let text = String(decoding: try Gzip.decompress(member.content, limit: 1 << 30), as: UTF8.self)
            guard text.hasSuffix("\n") else { throw Damage(sentence: "\(member.name) ends within a line") }
            return (
                member.name, text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            )
        }
    }
}
