import Compression
import EventModel
import Foundation
import GRDB

/// Finds ids of people in what was kept as it was sent.
struct PersonTraces {
    /// The ids as they can be written: plain, in a JSON text, in a form.
    private let patterns: [[UInt8]]
    /// By byte, whether a pattern begins with it.
    private var begins = [Bool](repeating: false, count: 256)

    private static let bytesPerStep = 1 << 20

    init(_ ids: Set<String>) {
        var spellings: Set<[UInt8]> = []
        for id in ids where !id.isEmpty {
            spellings.insert(Array(id.utf8))
            var json = JSONWriter()
            json.string(id)
            spellings.insert(Array(json.bytes.dropFirst().dropLast()))
            let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~")
            for form in [id, json.text] {
                let encoded = form.addingPercentEncoding(withAllowedCharacters: plain) ?? id
                // What quotes a JSON text in a form is no part of the id.
                let inner = encoded.hasPrefix("%22") ? String(encoded.dropFirst(3).dropLast(3)) : encoded
                spellings.insert(Array(inner.utf8))
                spellings.insert(Array(inner.replacing("%20", with: "+").utf8))
            }
        }
        patterns = Array(spellings)
        for pattern in patterns { begins[Int(pattern[0])] = true }
    }

    var isEmpty: Bool { patterns.isEmpty }

    /// Whether one of the ids stands there, and is not a part of a longer word.
    func occur(in text: [UInt8]) -> Bool {
        for start in text.indices where begins[Int(text[start])] {
            if start > 0, Self.isWord(text[start - 1]), !Self.isEscape(text, before: start) { continue }
            for pattern in patterns where pattern[0] == text[start] {
                let end = start + pattern.count
                guard end <= text.count, text[start..<end].elementsEqual(pattern) else { continue }
                if end == text.count || !Self.isWord(text[end]) { return true }
            }
        }
        return false
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
            true
        default: false
        }
    }

    /// Whether what stands before is the end of `%22`, and no word.
    private static func isEscape(_ text: [UInt8], before start: Int) -> Bool {
        start >= 3 && text[start - 3] == UInt8(ascii: "%")
    }

    /// Some of the refused requests after one.
    ///
    /// - Returns: the last that was looked at, `nil` if there are no more; and those that name somebody.
    func refusedRequests(after id: Int64, in db: Database) throws -> (last: Int64?, found: [Int64]) {
        var (last, found, bytes): (Int64?, [Int64], Int) = (nil, [], 0)
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, body, \(RecordText.column("path")), \(RecordText.column("reason")), \(RecordText.column("details"))
                FROM rejected_requests WHERE id > ? ORDER BY id
                """,
            arguments: [id]
        )
        while bytes < Self.bytesPerStep, let row = try rows.next() {
            let body: Data = row[1]
            let text = try Zstd.decompress(Array(body))
            bytes += text.count + 1_000
            last = row[0]
            if occur(in: text) || (2...4).contains(where: { occur(in: Array(row.text($0).utf8)) }) {
                found.append(row[0])
            }
        }
        return (last, found)
    }
}
