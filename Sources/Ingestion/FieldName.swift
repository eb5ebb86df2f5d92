import EventModel
import JSONTape

/// A key of an event that has a meaning. Found by its bytes, without making a string of each key.
enum FieldName {
    case userID, deviceID, type, time, sessionID, eventID, sequenceNumber, insertID
    case eventProperties, userProperties, groupProperties, groups, groupType, groupValue
    case skipsUserProperties, ip, userAgent, apiProperties
    case price, quantity, revenue, productID, revenueType, currency
    case context(ContextField)

    /// `nil` for a key without a meaning, in this dialect.
    init?(_ key: JSONText, _ dialect: EventDialect) {
        guard key.count < Self.byLength.count else { return nil }
        for candidate in Self.byLength[key.count] where key == candidate.key {
            guard candidate.dialects.contains(dialect) else { continue }
            self = candidate.name
            return
        }
        return nil
    }

    private struct Candidate: Sendable {
        var key: StaticString
        var name: FieldName
        var dialects: [EventDialect]
    }

    private static let all: [EventDialect] = [.httpV2, .identification, .groupIdentification, .legacy]

    /// Source: reference/ingest.md §3; the first SDKs' names: §1; SDKs' other spellings: §3, §14.
    private static let candidates: [Candidate] = [
        Candidate(key: "user_id", name: .userID, dialects: all),
        Candidate(key: "device_id", name: .deviceID, dialects: all),
        Candidate(key: "event_type", name: .type, dialects: all),
        Candidate(key: "time", name: .time, dialects: all),
        Candidate(key: "timestamp", name: .time, dialects: [.legacy]),
        Candidate(key: "session_id", name: .sessionID, dialects: all),
        Candidate(key: "event_id", name: .eventID, dialects: all),
        Candidate(key: "sequence_number", name: .sequenceNumber, dialects: [.legacy]),
        Candidate(key: "insert_id", name: .insertID, dialects: all),
        Candidate(key: "uuid", name: .insertID, dialects: [.legacy]),
        Candidate(key: "event_properties", name: .eventProperties, dialects: all),
        Candidate(key: "user_properties", name: .userProperties, dialects: all),
        Candidate(key: "group_properties", name: .groupProperties, dialects: all),
        Candidate(key: "groups", name: .groups, dialects: all),
        Candidate(key: "group_type", name: .groupType, dialects: [.groupIdentification]),
        Candidate(key: "group_value", name: .groupValue, dialects: [.groupIdentification]),
        Candidate(key: "$skip_user_properties_sync", name: .skipsUserProperties, dialects: all),
        Candidate(key: "ip", name: .ip, dialects: all),
        Candidate(key: "user_agent", name: .userAgent, dialects: all),
        Candidate(key: "api_properties", name: .apiProperties, dialects: [.legacy]),
        Candidate(key: "price", name: .price, dialects: all),
        Candidate(key: "quantity", name: .quantity, dialects: all),
        Candidate(key: "revenue", name: .revenue, dialects: all),
        Candidate(key: "productId", name: .productID, dialects: all),
        Candidate(key: "product_id", name: .productID, dialects: all),
        Candidate(key: "revenueType", name: .revenueType, dialects: all),
        Candidate(key: "revenue_type", name: .revenueType, dialects: all),
        Candidate(key: "currency", name: .currency, dialects: all),
        Candidate(key: "app_version", name: .context(.version), dialects: all),
        Candidate(key: "version_name", name: .context(.version), dialects: all),
        Candidate(key: "platform", name: .context(.platform), dialects: all),
        Candidate(key: "os_name", name: .context(.osName), dialects: all),
        Candidate(key: "os_version", name: .context(.osVersion), dialects: all),
        Candidate(key: "device_brand", name: .context(.deviceBrand), dialects: all),
        Candidate(key: "device_manufacturer", name: .context(.deviceManufacturer), dialects: all),
        Candidate(key: "device_model", name: .context(.deviceModel), dialects: all),
        Candidate(key: "carrier", name: .context(.carrier), dialects: all),
        Candidate(key: "country", name: .context(.country), dialects: all),
        Candidate(key: "region", name: .context(.region), dialects: all),
        Candidate(key: "city", name: .context(.city), dialects: all),
        Candidate(key: "dma", name: .context(.dma), dialects: all),
        Candidate(key: "language", name: .context(.language), dialects: all),
        Candidate(key: "library", name: .context(.library), dialects: all),
        Candidate(key: "paying", name: .context(.paying), dialects: [.identification]),
        Candidate(key: "start_version", name: .context(.startVersion), dialects: [.identification]),
    ]

    /// By the number of bytes: there are never more than a few keys of one length.
    private static let byLength: [[Candidate]] = {
        var table: [[Candidate]] = []
        for candidate in candidates {
            let length = candidate.key.utf8CodeUnitCount
            while table.count <= length { table.append([]) }
            table[length].append(candidate)
        }
        return table
    }()
}
