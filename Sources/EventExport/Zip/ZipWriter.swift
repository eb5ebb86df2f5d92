import Compression
import EventModel

/// A zip file, written from its beginning to its end, whose members are not compressed. Source: PKWARE's APPNOTE 6.3.10.
///
/// As Amplitude's exports are: made by Unix, readable by their owner alone, with lengths behind each member.
struct ZipWriter {
    private struct Member {
        var name: [UInt8]
        var checksum: UInt32
        /// Bytes of the content. Below 4 GB, as members are made in memory.
        var size: UInt32
        /// Where it begins in the file.
        var offset: UInt64
    }

    private let date: UInt16
    private let time: UInt16
    private var members: [Member] = []
    private var offset: UInt64

    /// - Parameters:
    ///   - moment: when all members were made.
    ///   - offset: how many bytes are before this in the file; for tests of files that are larger than memory.
    init(at moment: Timestamp, offset: UInt64 = 0) {
        let day = CalendarDate(daysSinceEpoch: Int(moment.milliseconds / 86_400_000))
        let second = Int(moment.milliseconds / 1_000 % 86_400)
        date = UInt16(max(day.year - 1980, 0) << 9 | day.month << 5 | day.day)
        time = UInt16((second / 3_600) << 11 | (second / 60 % 60) << 5 | second % 60 / 2)
        self.offset = offset
    }

    /// The bytes of a further member.
    mutating func member(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let member = Member(
            name: Array(name.utf8),
            checksum: Checksum.crc32(content),
            size: UInt32(content.count),
            offset: offset
        )
        members.append(member)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.count + name.utf8.count + 46)
        bytes.append(signature: 0x0403_4B50)
        bytes.append(UInt16(20))
        appendCommon(&bytes)
        // The checksum and the lengths come behind the content.
        for _ in 0..<3 { bytes.append(UInt32(0)) }
        bytes.append(UInt16(member.name.count))
        bytes.append(UInt16(0))
        bytes += member.name
        bytes += content
        bytes.append(signature: 0x0807_4B50)
        bytes.append(member.checksum)
        bytes.append(member.size)
        bytes.append(member.size)
        offset += UInt64(bytes.count)
        return bytes
    }

    /// The bytes after the last member: the directory of all.
    func directory() -> [UInt8] {
        var bytes: [UInt8] = []
        for member in members { append(member, to: &bytes) }
        let size = UInt64(bytes.count)
        if offset > UInt64(UInt32.max) - size || members.count >= Int(UInt16.max) {
            bytes.append(signature: 0x0606_4B50)
            bytes.append(UInt64(44))
            bytes.append(Self.madeBy)
            bytes.append(UInt16(45))
            for _ in 0..<2 { bytes.append(UInt32(0)) }
            for _ in 0..<2 { bytes.append(UInt64(members.count)) }
            bytes.append(size)
            bytes.append(offset)
            bytes.append(signature: 0x0706_4B50)
            bytes.append(UInt32(0))
            bytes.append(offset + size)
            bytes.append(UInt32(1))
        }
        bytes.append(signature: 0x0605_4B50)
        for _ in 0..<2 { bytes.append(UInt16(0)) }
        for _ in 0..<2 { bytes.append(UInt16(clamping: members.count)) }
        bytes.append(UInt32(clamping: size))
        bytes.append(UInt32(clamping: offset))
        bytes.append(UInt16(0))
        return bytes
    }

    private func append(_ member: Member, to bytes: inout [UInt8]) {
        let isFar = member.offset >= UInt64(UInt32.max)
        bytes.append(signature: 0x0201_4B50)
        bytes.append(Self.madeBy)
        bytes.append(UInt16(isFar ? 45 : 20))
        appendCommon(&bytes)
        bytes.append(member.checksum)
        bytes.append(member.size)
        bytes.append(member.size)
        bytes.append(UInt16(member.name.count))
        bytes.append(UInt16(isFar ? 12 : 0))
        // No comment, the first disk, no text file.
        for _ in 0..<3 { bytes.append(UInt16(0)) }
        bytes.append(UInt32(0o100600) << 16)
        bytes.append(UInt32(clamping: member.offset))
        bytes += member.name
        if isFar {
            bytes.append(UInt16(1))
            bytes.append(UInt16(8))
            bytes.append(member.offset)
        }
    }

    /// What both headers of a member have: lengths behind the content, no compression, when.
    private func appendCommon(_ bytes: inout [UInt8]) {
        bytes.append(UInt16(1 << 3))
        bytes.append(UInt16(0))
        bytes.append(time)
        bytes.append(date)
    }

    /// Unix, version 2.0.
    private static let madeBy = UInt16(3 << 8 | 20)
}

extension [UInt8] {
    fileprivate mutating func append(signature: UInt32) { append(signature) }

    /// Little-endian, as all numbers in a zip file.
    fileprivate mutating func append(_ number: some FixedWidthInteger & UnsignedInteger) {
        for byte in 0..<number.bitWidth / 8 { append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
    }
}
