/// A column of exported events. Source: Documentation/data.md D3, D8.
public struct ExportColumn: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        case text
        case whole
        case number
        case flag
        /// In UTC.
        case time
        /// An object, as JSON text.
        case json
    }

    public var name: String
    public var kind: Kind

    /// All keys of an exported event, in their order there.
    public static let all: [ExportColumn] = [
        text("$insert_id"), text("$insert_key"), whole("$schema"), text("adid"), text("amplitude_attribution_ids"),
        text("amplitude_event_type"), whole("amplitude_id"), whole("app"), text("city"), time("client_event_time"),
        time("client_upload_time"), text("country"), json("data"), text("data_type"), text("device_brand"),
        text("device_carrier"), text("device_family"), text("device_id"), text("device_manufacturer"),
        text("device_model"), text("device_type"), text("dma"), whole("event_id"), json("event_properties"),
        time("event_time"), text("event_type"), json("global_user_properties"), json("group_properties"),
        json("groups"), text("idfa"), text("ip_address"), flag("is_attribution_event"), text("language"),
        text("library"), number("location_lat"), number("location_lng"), text("os_name"), text("os_version"),
        text("partner_id"), flag("paying"), json("plan"), text("platform"), time("processed_time"), text("region"),
        number("sample_rate"), time("server_received_time"), time("server_upload_time"), whole("session_id"),
        text("source_id"), text("start_version"), time("user_creation_time"), text("user_id"),
        json("user_properties"), text("uuid"), text("version_name"),
    ]

    private static func text(_ name: String) -> Self { Self(name: name, kind: .text) }
    private static func whole(_ name: String) -> Self { Self(name: name, kind: .whole) }
    private static func number(_ name: String) -> Self { Self(name: name, kind: .number) }
    private static func flag(_ name: String) -> Self { Self(name: name, kind: .flag) }
    private static func time(_ name: String) -> Self { Self(name: name, kind: .time) }
    private static func json(_ name: String) -> Self { Self(name: name, kind: .json) }
}
