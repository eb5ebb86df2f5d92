import EventModel
import Foundation
import GRDB
import JSONTape

/// A text on its way into or out of the record, whole. GRDB hands a `String` over as C does, up to its first U+0000, so two
/// names would become one.
///
/// It travels as bytes, and SQLite takes them for the text that they are: a statement says ``argument`` where one goes in,
/// and ``column(_:)`` where one comes out. One that forgets this fails with any text, not only with a rare one: a column
/// of text takes no bytes, and what comes out as text is not read.
/// Source: Documentation/events-and-identity.md E14.
struct RecordText: DatabaseValueConvertible {
    let string: String

    init(_ string: String) {
        self.string = string
    }

    /// In SQL, for the `?` that stands for a text.
    static let argument = "CAST(? AS TEXT)"

    /// In SQL, a column of texts as it is read.
    static func column(_ name: String) -> String { "CAST(\(name) AS BLOB)" }

    var databaseValue: DatabaseValue { Data(string.utf8).databaseValue }

    static func fromDatabaseValue(_ value: DatabaseValue) -> RecordText? {
        guard case .blob(let bytes) = value.storage else { return nil }
        return RecordText(String(decoding: bytes, as: UTF8.self))
    }
}

extension RecordText {
    /// Texts, as a JSON list.
    init(list texts: [String]) {
        var json = JSONWriter()
        json.list(texts) { $0.string($1) }
        self.init(json.text)
    }

    /// The texts of a JSON list.
    static func list(_ json: String) -> [String] {
        (try? JSONDocument.withRoot(of: Array(json.utf8)) { $0.elements.compactMap(\.string) }) ?? []
    }
}

extension Row {
    /// The text in a column that was asked for by ``RecordText/column(_:)``.
    func text(_ index: Int) -> String { (self[index] as RecordText).string }

    /// The same, `nil` for NULL.
    func optionalText(_ index: Int) -> String? { (self[index] as RecordText?)?.string }
}

extension Database {
    /// Whether a table has fewer than `most` rows beside that of an id.
    ///
    /// - Parameter table: one whose `id` is a ``RecordText``.
    func hasRoom(in table: String, for id: ExactText, most: Int) throws -> Bool {
        let others = try Int.fetchOne(
            self,
            sql: "SELECT count(*) FROM \(table) WHERE id <> \(RecordText.argument)",
            arguments: [RecordText(id.string)]
        )
        return others ?? 0 < most
    }
}
