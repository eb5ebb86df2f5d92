import Compression
import Foundation
import TestSupport
import Testing

@testable import ImportFiles

@Suite("Files to be imported") struct ImportEntryTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder().made()
    }

    private func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = folder.url.appending(path: name)
        try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: path)
        return path.path
    }

    /// All lines of a file, and why it ended early.
    private func read(_ path: String) throws -> (pieces: [LinePiece], problem: String?) {
        let reader = try #require(try ImportEntry.all(at: [path]).first).lines()
        var pieces: [LinePiece] = []
        do {
            while let piece = try reader.next() { pieces.append(piece) }
            return (pieces, nil)
        } catch {
            return (pieces, "\(error)")
        }
    }

    @Test(
        "a folder's files come in the order of their names, with numbers by their values; hidden ones and links are left out"
    )
    func order() throws {
        for name in ["a/7_2026-01-31_10#0.json", "a/7_2026-01-31_9#10.json", "b/7_2026-01-31_9#2.json", ".x/y", "a/.z"]
        {
            _ = try write(name, Array("{}\n".utf8))
        }
        try FileManager.default.createSymbolicLink(
            at: folder.url.appending(path: "loop"),
            withDestinationURL: folder.url
        )
        let names = try ImportEntry.all(at: [folder.url.path]).map { $0.name.split(separator: "/").last }
        #expect(names == ["7_2026-01-31_9#10.json", "7_2026-01-31_10#0.json", "7_2026-01-31_9#2.json"])
        #expect(throws: ImportFileError.self) { try ImportEntry.all(at: [folder.url.path + "/nothing"]) }
    }

    @Test("lines are whole, numbered, and as many as there are, whatever the pieces", arguments: [0, 1, 3, 9_000])
    func lines(count: Int) throws {
        let text = (0..<count).map { "{\"n\":\($0),\"x\":\"\(String(repeating: "y", count: $0 % 1_500))\"}" }
            .joined(separator: "\n")
        for bytes in [
            Array(text.utf8), Gzip.compress(Array(text.utf8)),
            Gzip.compress([]) + Gzip.compress(Array(text.utf8)) + [0, 0],
        ] {
            let (pieces, problem) = try read(try write("lines", bytes))
            #expect(problem == nil)
            #expect(
                pieces.flatMap { $0.lines.map { String(decoding: $0, as: UTF8.self) } }.joined(separator: "\n") == text
            )
            var next = 1
            for piece in pieces {
                #expect(piece.firstLine == next && piece.bytes.count < 2 << 20)
                next += piece.lines.count
            }
        }
    }

    @Test("a line that is too long is left out, and told; the others keep their numbers")
    func longLine() throws {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: LineReader.longestLine + 1_000_000)
        let (pieces, _) = try read(try write("long", Array("1\n".utf8) + long + Array("\n3\n".utf8)))
        let lines = pieces.flatMap { $0.lines.map { String(decoding: $0, as: UTF8.self) } }
        #expect(lines == ["1", "", "3"] && pieces.flatMap(\.tooLong) == [2])
        let (end, _) = try read(try write("end", Array("1\n".utf8) + long))
        #expect(end.flatMap(\.tooLong) == [2])
    }

    @Test("what is cut or damaged gives what is before it, and then says so")
    func damage() throws {
        let text = (0..<200_000).map { "{\"n\":\($0 &* 7_919 % 100_003)}" }.joined(separator: "\n")
        let whole = Gzip.compress(Array(text.utf8))
        let cut = try read(try write("cut.gz", Array(whole[..<(whole.count / 2)])))
        #expect(cut.problem == "ends in the middle of what is packed" && !cut.pieces.isEmpty)
        var wrong = whole
        for place in whole.count / 2..<whole.count / 2 + 64 { wrong[place] = 0xFF }
        let damaged = try read(try write("wrong.gz", wrong))
        #expect(damaged.problem?.contains("is damaged") == true && !damaged.pieces.isEmpty)
        #expect(try read(try write("half.gz", [0x1F, 0x8B, 8])).problem != nil)
    }

    @Test("zeros without end are given up, in little memory")
    func zeros() throws {
        let member = Gzip.compress([UInt8](repeating: 0, count: 16 << 20))
        let path = try write("zeros.gz", Array(repeatElement(member, count: 64).joined()))
        let (pieces, problem) = try read(path)
        #expect(problem?.contains("which no export does") == true)
        #expect(pieces.reduce(0) { $0 + $1.bytes.count } < 1 << 20)
    }

    @Test("any change of a zip file is an error, or another content, but no crash and no way out", arguments: 0..<300)
    func zipDamage(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var bytes = Self.zip([("../../a.json", Array("{\"a\":1}\n".utf8)), ("b", Array("{\"b\":2}\n".utf8))])
        for _ in 0..<1 + random.below(3) {
            let place = random.below(bytes.count)
            switch random.below(3) {
            case 0: bytes[place] = UInt8(random.below(256))
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(40)))
            default: bytes.insert(contentsOf: [0xFF, 0xFF, 0xFF, 0xFF].prefix(1 + random.below(4)), at: place)
            }
            if bytes.count < 8 { break }
        }
        let path = try write("damaged.zip", bytes)
        guard let entries = try? ImportEntry.all(at: [path]) else { return }
        for entry in entries {
            guard let reader = try? entry.lines() else { continue }
            while let piece = try? reader.next() { #expect(piece.bytes.count < 10_000) }
        }
    }

    /// A zip file of stored members, as plain as can be.
    private static func zip(_ members: [(name: String, content: [UInt8])]) -> [UInt8] {
        func little(_ number: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(number >> (8 * $0) & 0xFF) } }
        var file: [UInt8] = []
        var list: [UInt8] = []
        for (name, content) in members {
            let common =
                little(0, 8) + little(Int(Checksum.crc32(content)), 4) + little(content.count, 4)
                + little(content.count, 4) + little(name.utf8.count, 2) + little(0, 2)
            list +=
                Array("PK\u{1}\u{2}".utf8) + little(20, 2) + little(20, 2) + common + little(0, 10)
                + little(file.count, 4) + Array(name.utf8)
            file += Array("PK\u{3}\u{4}".utf8) + little(20, 2) + common + Array(name.utf8) + content
        }
        return file + list + Array("PK\u{5}\u{6}".utf8) + little(0, 4) + little(members.count, 2)
            + little(members.count, 2) + little(list.count, 4) + little(file.count, 4) + little(0, 2)
    }

    @Test("a zip file's members are read, whatever they are called; it is known by what is in it")
    func zip() throws {
        let first = try write("a.zip", Self.zip([("../../x", Array("{\"a\":1}\n".utf8)), ("dir/", [])]))
        let second = try write("b.zip", Self.zip([("y", Array("{\"a\":1}\n".utf8))]))
        let entries = try ImportEntry.all(at: [first, second])
        #expect(entries.map(\.name) == ["\(first): ../../x", "\(second): y"])
        #expect(try entries[0].fingerprint() == entries[1].fingerprint())
        #expect(try entries[0].lines().next()?.bytes == Array("{\"a\":1}\n".utf8))
    }
}
