import EventModel
import Foundation
import Storage
import TestSupport
import Testing

@testable import ProjectStore

@Suite struct ChartsRecordTests {
    private static func chart(_ id: String, at time: Int64, name: String = "Buyers") -> SavedChart {
        SavedChart(
            id: ExactText(id),
            name: name,
            question: "{\"version\":1}",
            createdAt: Timestamp(milliseconds: time),
            changedAt: Timestamp(milliseconds: time)
        )
    }

    @Test("charts are kept whole, the newest first, also those of one moment, and after the file was closed")
    func kept() throws {
        let folder = TemporaryFolder()
        var first = Self.chart("aaaaaaaa", at: 5, name: "a\u{0}é")
        do {
            let record = try ProjectDatabase(folder: folder.url)
            defer { record.close() }
            #expect(try record.charts().isEmpty && record.chart(first.id) == nil)
            #expect(try record.save(first) && record.save(Self.chart("bbbbbbbb", at: 5)))
            #expect(try record.save(Self.chart("cccccccc", at: 4)))
            first.description = "All\u{0}"
            first.owner = "ann"
            first.request = "{\"path\":\"/api/2/users\"}"
            first.isArchived = true
            first.changedAt = Timestamp(milliseconds: 9)
            #expect(try record.save(first))
        }
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        #expect(try record.chart(first.id) == first)
        #expect(try record.charts().map(\.id.string) == ["bbbbbbbb", "aaaaaaaa", "cccccccc"])
    }
}
