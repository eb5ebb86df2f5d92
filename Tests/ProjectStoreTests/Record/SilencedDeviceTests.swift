import EventModel
import Foundation
import GRDB
import Storage
import TestSupport
import Testing

@testable import ProjectStore

@Suite struct SilencedDeviceTests {
    @Test("a list of exact ids that lasts")
    func list() throws {
        let folder = TemporaryFolder()
        var record = try ProjectDatabase(folder: folder.url)
        #expect(try record.silencedDevices() == [])
        // The last two look alike: é is one code point, or e and an accent.
        #expect(try record.silence(["b", "a", "b", "\u{E9}", "e\u{301}"]))
        record.close()
        record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        #expect(try record.silencedDevices().count == 4)
        #expect(try record.unsilence(["b", "\u{E9}", "c"]) == ["c"])
        #expect(try record.silencedDevices().map { Array($0.unicodeScalars) } == [["a"], ["e", "\u{301}"]])
    }

    @Test("no more than are quickly read")
    func most() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        #expect(try record.silence((1...ProjectDatabase.mostSilencedDevices).map { "device \($0)" }))
        let isTaken = try record.silence(["one more"])
        #expect(!isTaken)
        #expect(try record.silencedDevices().count == ProjectDatabase.mostSilencedDevices)
    }
}
