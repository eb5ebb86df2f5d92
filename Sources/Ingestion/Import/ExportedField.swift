import JSONTape

/// A key of an exported row, in the order of their code points, which is the order in which rows have them.
enum ExportedField: Int, CaseIterable {
    case insertID, insertKey, schema, adid, attributionIDs, amplitudeEventType, amplitudeID, app, city, clientEventTime
    case clientUploadTime, country, data, dataType, deviceBrand, deviceCarrier, deviceFamily, deviceID
    case deviceManufacturer, deviceModel, deviceType, dma, eventID, eventProperties, eventTime, eventType
    case globalUserProperties, groupProperties, groups, idfa, ipAddress, isAttributionEvent, language, library
    case locationLat, locationLng, osName, osVersion, partnerID, paying, plan, platform, processedTime, region
    case sampleRate, serverReceivedTime, serverUploadTime, sessionID, sourceID, startVersion, userCreationTime, userID
    case userProperties, uuid, versionName

    static let names: [StaticString] = [
        "$insert_id", "$insert_key", "$schema", "adid", "amplitude_attribution_ids", "amplitude_event_type",
        "amplitude_id", "app", "city", "client_event_time", "client_upload_time", "country", "data", "data_type",
        "device_brand", "device_carrier", "device_family", "device_id", "device_manufacturer", "device_model",
        "device_type", "dma", "event_id", "event_properties", "event_time", "event_type", "global_user_properties",
        "group_properties", "groups", "idfa", "ip_address", "is_attribution_event", "language", "library",
        "location_lat", "location_lng", "os_name", "os_version", "partner_id", "paying", "plan", "platform",
        "processed_time", "region", "sample_rate", "server_received_time", "server_upload_time", "session_id",
        "source_id", "start_version", "user_creation_time", "user_id", "user_properties", "uuid", "version_name",
    ]

    var name: StaticString { Self.names[rawValue] }
}

/// The values of one row by their fields. Used again for each row.
struct ExportedValues {
    private var values: [JSONValue?] = Array(repeating: nil, count: ExportedField.names.count)
    /// Keys that no row of ours has.
    private(set) var others: [(key: JSONText, value: JSONValue)] = []

    /// What is null is as good as missing.
    subscript(field: ExportedField) -> JSONValue? { values[field.rawValue] }

    mutating func read(_ row: JSONValue) {
        for index in values.indices { values[index] = nil }
        others.removeAll(keepingCapacity: true)
        // Rows have their keys in order, so the next one is nearly always the one after the last.
        var next = 0
        for (key, value) in row.members {
            if next < ExportedField.names.count, key == ExportedField.names[next] {
                // It is.
            } else if let place = ExportedField.names.firstIndex(where: { key == $0 }) {
                next = place
            } else {
                if !value.isNull { others.append((key, value)) }
                continue
            }
            values[next] = value.isNull ? nil : value
            next += 1
        }
    }
}
