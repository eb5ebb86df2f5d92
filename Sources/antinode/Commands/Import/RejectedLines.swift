import EventModel
import Foundation
import ImportFiles
import SQLiteFiles

/// The file of lines that were not stored: each with its reason, as lines of JSON.
final class RejectedLines {
    private struct Line: Encodable {
        var file: String
        var line: Int
        var reason: String
        var text: String?
    }

    let path: String
    private var handle: FileHandle?
    private let encoder = JSONEncoder()
    private(set) var count = 0

    /// More are only counted: a file in which nothing is right would be written twice.
    private static let mostKept = 100_000
    /// Bytes of a line that are kept.
    private static let mostBytes = 64 << 10

    init(path: String) {
        self.path = path
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    /// - Parameter text: the line itself, if it is at hand.
    func add(_ file: String, line: Int, reason: String, text: ArraySlice<UInt8>? = nil) throws {
        count += 1
        if count > Self.mostKept { return }
        let handle = try handle ?? begin()
        self.handle = handle
        let kept = text.map { String(decoding: $0.prefix(Self.mostBytes), as: UTF8.self) }
        let json = try encoder.encode(Line(file: file, line: line, reason: reason, text: kept))
        do {
            try handle.write(contentsOf: json + [UInt8(ascii: "\n")])
        } catch {
            throw Complaint("\(path.shown()) cannot be written: \(SQLiteFiles.reason(of: error)).")
        }
    }

    private func begin() throws -> FileHandle {
        do {
            // What lines say of people is nobody else's.
            try Data().write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        } catch {
            throw Complaint("\(path.shown()) cannot be written: \(SQLiteFiles.reason(of: error)).")
        }
    }

    deinit {
        try? handle?.close()
    }
}
