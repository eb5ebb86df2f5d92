import ArgumentParser
import ExportFiles
import Foundation

/// How an exported file is written.
enum ExportFormat: String, CaseIterable, Codable, ExpressibleByArgument {
    case jsonl, csv, parquet

    /// What a file has for some lines of JSON; not of Parquet, which is written otherwise.
    ///
    /// - Parameter isFirst: whether nothing is before them.
    func bytes(of lines: [UInt8], isFirst: Bool) throws -> Data {
        switch self {
        case .jsonl, .parquet: Data(lines)
        case .csv: Data((isFirst ? CSVRows.header : []) + (try CSVRows.rows(lines)))
        }
    }
}

/// What an export was asked for: only with the same it goes on.
struct ExportRequest: Codable, Equatable {
    /// Its number, and its key: another project may get the same number in another folder.
    var project: Int64
    var apiKey: String
    var format: ExportFormat
    var from: String?
    var to: String?
    var events: String?
    var conditions: String?

    /// As `/api/v1/export` takes it.
    var query: String {
        let options = [("from", from), ("to", to), ("events", events), ("where", conditions)]
        return options.compactMap { name, value in value.map { "\(name)=\(Self.encoded($0))" } }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                String(UnicodeScalar(byte))
            default: (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
