public import QueryModel

/// A choice that requests and answers spell by name.
public protocol RequestNamed: Equatable {
    /// In the order in which errors list them.
    static var requestNames: KeyValuePairs<String, Self> { get }
}

extension RequestNamed {
    /// `nil` if nothing has that name.
    public init?(requestName name: String) {
        guard let known = Self.requestNames.first(where: { $0.key == name }) else { return nil }
        self = known.value
    }

    /// The first of its names; `nil` if requests have none for it.
    public var requestName: String? { Self.requestNames.first { $0.value == self }?.key }
}

/// As an `event_type`.
extension EventSelector.RevenueKind: RequestNamed {
    public static var requestNames: KeyValuePairs<String, Self> {
        ["revenue_amount": .any, "verified_revenue": .verified, "unverified_revenue": .unverified]
    }
}

extension PropertyFilter.Operator: RequestNamed {
    public static var requestNames: KeyValuePairs<String, Self> {
        [
            "is": .is, "is not": .isNot, "contains": .contains, "does not contain": .doesNotContain, "less": .less,
            "less or equal": .lessOrEqual, "greater": .greater, "greater or equal": .greaterOrEqual, "set is": .setIs,
            "set is not": .setIsNot, "set contains": .setContains, "set does not contain": .setDoesNotContain,
            "starts with": .startsWith, "does not start with": .doesNotStartWith, "glob match": .globMatch,
        ]
    }
}

extension BuiltInProperty: RequestNamed {
    public static var requestNames: KeyValuePairs<String, Self> {
        [
            "version": .version, "country": .country, "city": .city, "region": .region, "language": .language,
            "platform": .platform, "os": .os, "device": .device, "carrier": .carrier, "library": .library,
            "paying": .paying, "DMA": .dma, "dma": .dma, "device_family": .deviceFamily, "device_type": .deviceType,
            "start_version": .startVersion, "user_id": .userID, "device_id": .deviceID,
        ]
    }
}
