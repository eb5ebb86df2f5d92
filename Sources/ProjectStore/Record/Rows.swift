import EventModel
import Foundation
import GRDB
import Storage

extension UserState {
    static let columns = "key, \(RecordText.column("user_id")), context, properties, arrival, amplitude_id, imported_at"

    /// - Parameter row: with ``columns``.
    init(_ row: Row) {
        let context: Int32? = row[2]
        self.init(
            key: UserKey(row[0]),
            amplitudeID: (row[5] as Int64?).map { AmplitudeID($0) },
            userID: row.optionalText(1),
            context: context.map { ContextID($0) },
            properties: PropertySetID(row[3]),
            arrival: Arrival(number: row[4]),
            importedAt: (row[6] as Int64?).map { Timestamp(milliseconds: $0) }
        )
    }
}

extension DeviceState {
    static let columns = "key, \(RecordText.column("device_id")), user, is_unclaimed, imported_at"

    /// - Parameter row: with ``columns``.
    init(_ row: Row) {
        self.init(
            key: DeviceKey(row[0]),
            deviceID: row.text(1),
            user: UserKey(row[2]),
            isUnclaimed: row[3],
            importedAt: (row[4] as Int64?).map { Timestamp(milliseconds: $0) }
        )
    }
}

extension [Fingerprint] {
    /// 16 bytes each, little endian, low half first.
    init(packed data: Data) {
        self.init()
        reserveCapacity(data.count / 16)
        let bytes = [UInt8](data)
        for start in stride(from: 0, to: bytes.count - 15, by: 16) {
            append(Fingerprint(high: Self.word(bytes, start + 8), low: Self.word(bytes, start)))
        }
    }

    var packed: Data {
        var words: [UInt64] = []
        words.reserveCapacity(2 * count)
        for fingerprint in self {
            words.append(fingerprint.low.littleEndian)
            words.append(fingerprint.high.littleEndian)
        }
        // Safe: the bytes of numbers are copied within the call.
        return unsafe words.withUnsafeBytes { unsafe Data($0) }
    }

    private static func word(_ bytes: [UInt8], _ start: Int) -> UInt64 {
        (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
    }
}
