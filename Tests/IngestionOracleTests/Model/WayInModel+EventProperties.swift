/// What an event itself carries: revenue, properties and the rest. Source: Documentation/revenue.md M1, M2.
extension WayInModel {
    static func amount(_ price: Double?, _ quantity: Double?, _ revenue: Double?) -> Double? {
        if quantity == 0, let revenue { return revenue }
        return price.map { $0 * (quantity ?? 1) } ?? revenue
    }

    static func topRevenue(_ item: Plain) -> Double? {
        func number(_ field: String) -> Double? { if case .number(let number) = item[field] { number } else { nil } }
        return amount(number("price"), number("quantity"), number("revenue"))
    }

    /// SDKs send numbers, and some programs write them as text.
    static func propertyRevenue(_ item: Plain) -> Double? {
        func number(_ field: String) -> Double? {
            switch item["event_properties"]?[field] {
            case .number(let number): number
            case .text(let text): Double(text)
            default: nil
            }
        }
        return amount(number("$price"), number("$quantity"), number("$revenue"))
    }

    static let revenueTexts = [
        "productId": "$productId", "product_id": "$productId", "revenueType": "$revenueType",
        "revenue_type": "$revenueType", "currency": "$currency",
    ]

    /// As sent, without nulls; revenue of the top level stands where SDKs put theirs.
    static func eventProperties(_ item: Plain) -> Plain {
        var members = item["event_properties"]?.stored.members ?? [:]
        if let revenue = topRevenue(item) {
            members["$price"] = item["price"] ?? members["$price"]
            members["$quantity"] = item["quantity"] ?? members["$quantity"]
            // Two spellings of a name: the later word holds.
            for field in item.fields where field.value != .null {
                guard let name = revenueTexts[field.key], let label = field.value.label, label != "" else { continue }
                members[name] = .text(label)
            }
            members["$revenue"] = .number(revenue)
        }
        return Plain(members)
    }

    static func extras(_ item: Plain, _ path: Sent.Path) -> Plain? {
        var known = [
            "user_id", "device_id", "event_type", "time", "session_id", "event_id", "insert_id", "event_properties",
            "user_properties", "group_properties", "$skip_user_properties_sync", "price", "quantity", "revenue",
            "productId", "product_id", "revenueType", "revenue_type", "currency", "app_version", "version_name",
            "library", "language",
        ]
        known += deviceFields + placeFields
        if path == .identify { known += ["paying", "start_version"] }
        if path == .groupIdentify { known += ["group_type", "group_value"] }
        var rest = item.stored.members.filter { !known.contains($0.key) }
        rest["groups"] = rest["groups"].flatMap(withoutNulls)
        if path == .groupIdentify, let type = item["group_type"]?.label, let value = item["group_value"]?.label {
            rest["groups"] = Plain((rest["groups"]?.members ?? [:]).merging([type: .text(value)]) { $1 })
        }
        return rest.isEmpty ? nil : Plain(rest)
    }

    /// A group that is null is none; where there was no other, none was sent.
    private static func withoutNulls(_ groups: Plain) -> Plain? {
        let kept = groups.members.compactMapValues { value -> Plain? in
            guard case .list(let elements) = value, elements.contains(.null) else { return value }
            let others = elements.filter { $0 != .null }
            return others.isEmpty ? nil : .list(others)
        }
        return kept.isEmpty && !groups.fields.isEmpty ? nil : Plain(kept)
    }
}
