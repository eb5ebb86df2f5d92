/// Built-in properties. Source: Documentation/events-and-identity.md E20 to E23.
extension WayInModel {
    static let deviceFields = [
        "platform", "os_name", "os_version", "device_brand", "device_manufacturer", "device_model", "carrier",
    ]
    static let placeFields = ["country", "region", "city", "dma"]
    static let otherFields = ["language", "library", "version"]
    static let contextParts =
        [deviceFields, placeFields] + (otherFields + ["start_version", "paying"]).map { [$0] }

    static func update(_ context: inout [String: String], _ item: Plain, _ path: Sent.Path, isRevenue: Bool) {
        func sent(_ field: String) -> String? {
            let label = (field == "version" ? item["app_version"] ?? item["version_name"] : item[field])?.label
            return label == "" ? nil : label
        }
        for fields in [deviceFields, placeFields] where fields.contains(where: { sent($0) != nil }) {
            for field in fields { context[field] = sent(field) }
        }
        context["version"] = sent("version") ?? context["version"]
        context["language"] = sent("language").map(languageName) ?? context["language"]
        context["library"] = sent("library") ?? "http/2.0"
        if path == .identify {
            for field in ["paying", "start_version"] { context[field] = sent(field) ?? context[field] }
        }
        if isRevenue { context["paying"] = "true" }
        if context["start_version"] == nil { context["start_version"] = context["version"] }
    }

    static func languageName(_ tag: String) -> String {
        ["en": "English", "en-US": "English", "EN-gb": "English", "de": "German"][tag] ?? tag
    }
}
