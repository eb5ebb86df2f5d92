import EventModel
import JSONTape

/// A key of an event that has a meaning.
enum FieldName: Sendable {
    case userID, deviceID, type, time, sessionID, eventID, sequenceNumber, insertID
    case eventProperties, userProperties, groupProperties, groups, groupType, groupValue
    case skipsUserProperties, ip, userAgent, apiProperties
    case price, quantity, revenue, productID, revenueType, currency
    case context(ContextField)
}

/// Finds a key's meaning by its bytes: a hash of the first eight and the length, then one comparison of whole words.
struct FieldNames: Sendable {
    private struct Entry: Sendable {
        /// Bytes of the key; 0 for a free slot.
        var count = 0
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var name = FieldName.ip
        var dialects: UInt8 = 0
    }

    private static let slots = 256
    private static let longest = 32
    private let table: [Entry]

    static let shared = FieldNames()

    /// `nil` for a key without a meaning, in this dialect.
    func callAsFunction(_ key: JSONText, _ dialect: EventDialect) -> FieldName? {
        guard key.count <= Self.longest, key.count > 0 else { return nil }
        let first = key.word(at: 0)
        var place = Self.hash(first, key.count)
        while table[place].count > 0 {
            let entry = table[place]
            if entry.count == key.count, entry.words.0 == first,
                key.count <= 8 || entry.words.1 == key.word(at: 8),
                key.count <= 16 || entry.words.2 == key.word(at: 16),
                key.count <= 24 || entry.words.3 == key.word(at: 24),
                entry.dialects & dialect.bit != 0
            {
                return entry.name
            }
            place = (place + 1) & (Self.slots - 1)
        }
        return nil
    }

    private static func hash(_ word: UInt64, _ count: Int) -> Int {
        Int(truncatingIfNeeded: ((word ^ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15) >> 56)
    }

    private init() {
        var table = Array(repeating: Entry(), count: Self.slots)
        for (key, name, dialects) in Self.meanings {
            var words = [UInt64](repeating: 0, count: 4)
            for (place, byte) in key.utf8.enumerated() { words[place / 8] |= UInt64(byte) << UInt64(8 * (place % 8)) }
            var place = Self.hash(words[0], key.utf8.count)
            while table[place].count > 0 { place = (place + 1) & (Self.slots - 1) }
            table[place] = Entry(
                count: key.utf8.count,
                words: (words[0], words[1], words[2], words[3]),
                name: name,
                dialects: dialects.reduce(0) { $0 | $1.bit }
            )
        }
        self.table = table
    }

    private static let all: [EventDialect] = [.httpV2, .identification, .groupIdentification, .legacy]

    /// Source, also of the other spellings: Documentation/events-and-identity.md E9.
    private static let meanings: [(key: String, name: FieldName, dialects: [EventDialect])] = [
        ("user_id", .userID, all),
        ("device_id", .deviceID, all),
        ("event_type", .type, all),
        ("time", .time, all),
        ("timestamp", .time, [.legacy]),
        ("session_id", .sessionID, all),
        ("event_id", .eventID, all),
        ("sequence_number", .sequenceNumber, [.legacy]),
        ("insert_id", .insertID, all),
        ("uuid", .insertID, [.legacy]),
        ("event_properties", .eventProperties, all),
        ("user_properties", .userProperties, all),
        ("group_properties", .groupProperties, all),
        ("groups", .groups, all),
        ("group_type", .groupType, [.groupIdentification]),
        ("group_value", .groupValue, [.groupIdentification]),
        ("$skip_user_properties_sync", .skipsUserProperties, all),
        ("ip", .ip, all),
        ("user_agent", .userAgent, all),
        ("api_properties", .apiProperties, [.legacy]),
        ("price", .price, all),
        ("quantity", .quantity, all),
        ("revenue", .revenue, all),
        ("productId", .productID, all),
        ("product_id", .productID, all),
        ("revenueType", .revenueType, all),
        ("revenue_type", .revenueType, all),
        ("currency", .currency, all),
        ("app_version", .context(.version), all),
        ("version_name", .context(.version), all),
        ("platform", .context(.platform), all),
        ("os_name", .context(.osName), all),
        ("os_version", .context(.osVersion), all),
        ("device_brand", .context(.deviceBrand), all),
        ("device_manufacturer", .context(.deviceManufacturer), all),
        ("device_model", .context(.deviceModel), all),
        ("carrier", .context(.carrier), all),
        ("country", .context(.country), all),
        ("region", .context(.region), all),
        ("city", .context(.city), all),
        ("dma", .context(.dma), all),
        ("language", .context(.language), all),
        ("library", .context(.library), all),
        ("paying", .context(.paying), [.identification]),
        ("start_version", .context(.startVersion), [.identification]),
    ]
}

extension EventDialect {
    fileprivate var bit: UInt8 {
        switch self {
        case .httpV2: 1
        case .identification: 2
        case .groupIdentification: 4
        case .legacy: 8
        }
    }
}
