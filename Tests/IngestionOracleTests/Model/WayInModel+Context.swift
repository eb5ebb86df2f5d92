/// Built-in properties. Source: Documentation/events-and-identity.md E20 to E23.
extension WayInModel {
    static let deviceFields = [
        "platform", "os_name", "os_version", "device_brand", "device_manufacturer", "device_model", "carrier",
    ]
    static let placeFields = ["country", "region", "city", "dma"]
    static let otherFields = ["language", "library", "version"]
    static let contextParts =
        [deviceFields, placeFields] + (otherFields + ["start_version", "paying"]).map { [$0] }

    /// - Returns: the parts of which the event brings something.
    static func update(
        _ context: inout [String: String],
        _ item: Plain,
        _ path: Sent.Path,
        isRevenue: Bool
    ) -> [[String]] {
        func sent(_ field: String) -> String? {
            let label = (field == "version" ? item["app_version"] ?? item["version_name"] : item[field])?.label
            return label == "" ? nil : label
        }
        var received = [["library"]]
        for fields in [deviceFields, placeFields] where fields.contains(where: { sent($0) != nil }) {
            for field in fields { context[field] = sent(field) }
            received.append(fields)
        }
        for field in ["version", "language"] where sent(field) != nil { received.append([field]) }
        context["version"] = sent("version") ?? context["version"]
        context["language"] = sent("language").map(languageName) ?? context["language"]
        context["library"] = sent("library") ?? "http/2.0"
        if path == .identify {
            for field in ["paying", "start_version"] {
                context[field] = sent(field) ?? context[field]
                if sent(field) != nil { received.append([field]) }
            }
        }
        if isRevenue {
            context["paying"] = "true"
            received.append(["paying"])
        }
        if context["start_version"] == nil, let version = context["version"] {
            context["start_version"] = version
            received.append(["start_version"])
        }
        return received
    }

    static func languageName(_ tag: String) -> String {
        ["en": "English", "en-US": "English", "EN-gb": "English", "de": "German"][tag] ?? tag
    }
}
