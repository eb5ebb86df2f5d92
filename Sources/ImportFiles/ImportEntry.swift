import Compression
import Crypto
import Foundation

/// A file to be imported, or one in a zip file.
public struct ImportEntry: Sendable {
    /// As people know it: `export.zip: 187520/187520_2026-01-31_9#0.json.gz`.
    public let name: String
    /// Bytes as it lies there.
    public let size: UInt64
    private let path: String
    private let member: ZipDirectory.Member?

    private init(name: String, size: UInt64, path: String, member: ZipDirectory.Member? = nil) {
        self.name = name
        self.size = size
        self.path = path
        self.member = member
    }

    /// All files that some paths lead to: of folders and of zip files what is in them. In the order of their names, numbers
    /// in them by their values: so the hours of an export follow one another.
    ///
    /// - Throws: ``ImportFileError``, with the path.
    public static func all(at paths: [String]) throws -> [ImportEntry] {
        var entries: [ImportEntry] = []
        for path in paths {
            do {
                entries += try Self.entries(at: path)
            } catch let error as ImportFileError {
                throw ImportFileError("the file \(path) \(error)")
            }
        }
        return entries.sorted { $0.name.compare($1.name, options: .numeric) == .orderedAscending }
    }

    private static func entries(at path: String) throws -> [ImportEntry] {
        let files = FileManager.default
        // Whoever names a link means what it leads to.
        let place = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? files.attributesOfItem(atPath: place) else {
            throw ImportFileError("is not there")
        }
        guard attributes[.type] as? FileAttributeType == .typeDirectory else { return try entries(in: path) }
        let names = try files.subpathsOfDirectory(atPath: path)
        return try names.filter { name in
            !name.split(separator: "/").contains { $0.hasPrefix(".") }
        }.flatMap { name -> [ImportEntry] in
            let inside = path + "/" + name
            let attributes = try files.attributesOfItem(atPath: inside)
            // Links may lead anywhere, also in circles.
            return attributes[.type] as? FileAttributeType == .typeRegular ? try entries(in: inside) : []
        }
    }

    /// - Parameter path: a file's.
    private static func entries(in path: String) throws -> [ImportEntry] {
        let beginning = try PeekedBytes(FileBytes(path)).beginning.prefix(4)
        if beginning.elementsEqual([0x50, 0x4B, 3, 4]) || beginning.elementsEqual([0x50, 0x4B, 5, 6]) {
            return try ZipDirectory(path).members.map { member in
                ImportEntry(name: "\(path): \(member.name)", size: member.packedSize, path: path, member: member)
            }
        }
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64
        return [ImportEntry(name: path, size: size ?? 0, path: path)]
    }

    /// What stands for its content: the same for the same bytes, wherever they are.
    public func fingerprint() throws -> String {
        let source = try packed()
        var hash = SHA256()
        while let bytes = try source.next() { hash.update(data: bytes) }
        return hash.finalize().prefix(16).map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }

    private func packed() throws -> FileBytes {
        guard let member else { return try FileBytes(path) }
        guard !member.isEncrypted else { throw ImportFileError("is encrypted") }
        return try FileBytes(path, ZipDirectory.content(of: member, path))
    }

    /// Its lines, unpacked.
    public func lines() throws -> LineReader {
        let file = try packed()
        var source: any ByteSource = file
        switch member?.method ?? 0 {
        case 0: break
        case 8: source = UnpackedBytes(source, .raw)
        default: throw ImportFileError("is packed in a way that is not known here: zip it anew with deflate")
        }
        let peeked = try PeekedBytes(source)
        let isGzip = peeked.beginning.prefix(2).elementsEqual([0x1F, 0x8B])
        return LineReader(isGzip ? UnpackedBytes(peeked, .gzip) : peeked, of: file)
    }
}
