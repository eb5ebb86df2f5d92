import EventModel
import Foundation
import TestSupport
import Testing

@testable import EventExport

@Suite struct ZipWriterTests {
    /// 2026-06-16T09:41:27Z
    private static let moment = Timestamp(milliseconds: 1_781_602_887_000)
    private static let script = """
        import sys, zipfile
        with zipfile.ZipFile(sys.argv[1]) as file:
            assert file.testzip() is None
            for info in file.infolist():
                print(info.filename, info.compress_type, info.flag_bits, info.create_system, oct(info.external_attr >> 16),
                      *info.date_time, file.read(info).decode())
            print(len(file.infolist()))
        """

    /// What Python makes of a file with these bytes at some place, behind a hole.
    private func python(_ bytes: [UInt8], at offset: UInt64 = 0) throws -> [String] {
        let folder = try TemporaryFolder().made()
        let path = folder.url.appendingPathComponent("file.zip")
        try Data().write(to: path)
        let file = try FileHandle(forWritingTo: path)
        try file.seek(toOffset: offset)
        try file.write(contentsOf: Data(bytes))
        try file.close()
        let text = try Python.run(Self.script, path.path)
        return text.split(separator: "\n").map(String.init)
    }

    @Test("another program reads names, modes, times and contents")
    func another() throws {
        var zip = ZipWriter(at: Self.moment)
        var bytes = zip.member("1/1_2026-06-16_9#0.json.gz", Array("first".utf8))
        bytes += zip.member("1/1_2026-06-16_9#1.json.gz", Array("second one".utf8))
        bytes += zip.directory()
        let seen = try python(bytes)
        #expect(
            seen == [
                "1/1_2026-06-16_9#0.json.gz 0 8 3 0o100600 2026 6 16 9 41 26 first",
                "1/1_2026-06-16_9#1.json.gz 0 8 3 0o100600 2026 6 16 9 41 26 second one", "2",
            ]
        )
        #expect(
            try PlainZip(bytes).members.map { String(decoding: $0.content, as: UTF8.self) } == ["first", "second one"]
        )
    }

    @Test("a file without members is a file", arguments: [UInt64(0), 5 << 30])
    func empty(offset: UInt64) throws {
        #expect(try python(ZipWriter(at: Self.moment, offset: offset).directory(), at: offset) == ["0"])
    }

    @Test("members on both sides of 4 GB", arguments: [UInt64(0xFFFF_FFFF) - 40, 5 << 30])
    func far(offset: UInt64) throws {
        var zip = ZipWriter(at: Self.moment, offset: offset)
        var bytes = zip.member("near", Array("first".utf8))
        bytes += zip.member("far", Array("second".utf8))
        bytes += zip.directory()
        let seen = try python(bytes, at: offset)
        #expect(seen.count == 3 && seen[0].hasSuffix("first") && seen[1].hasSuffix("second"), "\(seen)")
        #expect(try PlainZip(bytes, after: Int(offset)).members.map(\.name) == ["near", "far"])
    }

    @Test("as many members as the old form cannot count", arguments: [65_534, 65_535, 65_536])
    func many(count: Int) throws {
        var zip = ZipWriter(at: Self.moment)
        var bytes: [UInt8] = []
        for number in 0..<count { bytes += zip.member("\(number)", []) }
        bytes += zip.directory()
        #expect(try python(bytes).last == "\(count)")
    }
}
