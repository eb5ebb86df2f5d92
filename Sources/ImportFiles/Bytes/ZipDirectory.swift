import Foundation

/// What a zip file says it has in it (APPNOTE 6.3.10), also one in the form of ZIP64.
///
/// Names are shown to people, and never used as paths.
struct ZipDirectory {
    struct Member {
        var name: String
        /// 0 is stored, 8 is deflate.
        var method: UInt16
        var packedSize: UInt64
        /// Where its own header begins.
        var offset: UInt64
        var isEncrypted: Bool
    }

    let members: [Member]

    private static let mostMembers = 1_000_000
    private static let largestDirectory = 512 << 20

    /// - Parameter path: the file's.
    init(_ path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw ImportFileError("cannot be opened") }
        defer { try? handle.close() }
        let size = try handle.seekToEnd()
        let (offset, length) = try Self.place(handle, size)
        guard length <= UInt64(Self.largestDirectory), offset <= size, length <= size - offset else {
            throw ImportFileError("is no whole zip file: its list of members is cut")
        }
        try handle.seek(toOffset: offset)
        let bytes = [UInt8](try handle.read(upToCount: Int(length)) ?? Data())
        var members: [Member] = []
        var packed: UInt64 = 0
        var place = 0
        while place + 46 <= bytes.count, bytes.number(place, 4) == 0x0201_4B50 {
            let (nameLength, extraLength) = (Int(bytes.number(place + 28, 2)), Int(bytes.number(place + 30, 2)))
            let end = place + 46 + nameLength + extraLength + Int(bytes.number(place + 32, 2))
            guard end <= bytes.count, members.count < Self.mostMembers else {
                throw ImportFileError("is no whole zip file: its list of members is cut")
            }
            var member = Member(
                name: String(decoding: bytes[place + 46..<place + 46 + nameLength], as: UTF8.self),
                method: UInt16(bytes.number(place + 10, 2)),
                packedSize: bytes.number(place + 20, 4),
                offset: bytes.number(place + 42, 4),
                isEncrypted: bytes.number(place + 8, 2) & 1 != 0
            )
            let isLarge = bytes.number(place + 24, 4) == 0xFFFF_FFFF
            Self.readLargeNumbers(
                bytes[place + 46 + nameLength..<place + 46 + nameLength + extraLength],
                sizeIsLarge: isLarge,
                into: &member
            )
            guard member.offset <= offset, member.packedSize <= offset - member.offset else {
                throw ImportFileError("is no whole zip file: \(member.name) lies outside of it")
            }
            packed += member.packedSize
            // Who lets members share their bytes makes a small file of endless content.
            guard packed <= offset else { throw ImportFileError("is no honest zip file: its members overlap") }
            // A folder has no content.
            if !member.name.hasSuffix("/") { members.append(member) }
            place = end
        }
        self.members = members
    }

    /// Where the list of members is, and its length in bytes.
    private static func place(_ handle: FileHandle, _ size: UInt64) throws -> (UInt64, UInt64) {
        // The end has 22 bytes, and a remark of at most 65,535 behind it.
        let tail = min(size, 22 + 65_535)
        try handle.seek(toOffset: size - tail)
        let bytes = [UInt8](try handle.read(upToCount: Int(tail)) ?? Data())
        var end = bytes.count - 22
        while end >= 0, bytes.number(end, 4) != 0x0605_4B50 { end -= 1 }
        guard end >= 0 else { throw ImportFileError("is no whole zip file: its end is missing") }
        let (length, offset) = (bytes.number(end + 12, 4), bytes.number(end + 16, 4))
        let isLarge = length == 0xFFFF_FFFF || offset == 0xFFFF_FFFF || bytes.number(end + 10, 2) == 0xFFFF
        // In front of it there is a place where the same stands in larger numbers.
        guard isLarge, end >= 20, bytes.number(end - 20, 4) == 0x0706_4B50 else { return (offset, length) }
        let large = bytes.number(end - 20 + 8, 8)
        guard large <= size, size - large >= 56 else { throw ImportFileError("is no whole zip file") }
        try handle.seek(toOffset: large)
        let record = [UInt8](try handle.read(upToCount: 56) ?? Data())
        guard record.count == 56, record.number(0, 4) == 0x0606_4B50 else {
            throw ImportFileError("is no whole zip file")
        }
        return (record.number(48, 8), record.number(40, 8))
    }

    /// Numbers that did not fit stand in an extra field, in this order: size, packed size, offset.
    private static func readLargeNumbers(
        _ extra: ArraySlice<UInt8>,
        sizeIsLarge: Bool,
        into member: inout Member
    ) {
        let extra = Array(extra)
        var place = 0
        while place + 4 <= extra.count {
            let (kind, length) = (extra.number(place, 2), Int(extra.number(place + 2, 2)))
            place += 4
            guard place + length <= extra.count else { return }
            defer { place += length }
            guard kind == 1 else { continue }
            var (next, end) = (place, place + length)
            func take() -> UInt64? {
                guard next + 8 <= end else { return nil }
                defer { next += 8 }
                return extra.number(next, 8)
            }
            if sizeIsLarge { _ = take() }
            if member.packedSize == 0xFFFF_FFFF, let size = take() { member.packedSize = size }
            if member.offset == 0xFFFF_FFFF, let offset = take() { member.offset = offset }
            end = next
        }
    }

    /// Where the content of a member lies in the file.
    static func content(of member: Member, _ path: String) throws -> Range<UInt64> {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw ImportFileError("cannot be opened") }
        defer { try? handle.close() }
        try handle.seek(toOffset: member.offset)
        let header = [UInt8](try handle.read(upToCount: 30) ?? Data())
        guard header.count == 30, header.number(0, 4) == 0x0403_4B50 else {
            throw ImportFileError("is damaged: it is not where the zip file says")
        }
        let start = member.offset + 30 + header.number(26, 2) + header.number(28, 2)
        return start..<start + member.packedSize
    }
}

extension [UInt8] {
    /// Little-endian, as all numbers in a zip file.
    fileprivate func number(_ start: Int, _ count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(self[start + $1]) << UInt64(8 * $1) }
    }
}
