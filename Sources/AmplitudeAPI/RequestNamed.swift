import QueryModel

/// A choice that requests and answers spell by name.
protocol RequestNamed: Equatable {
    /// In the order in which errors list them.
    static var requestNames: KeyValuePairs<String, Self> { get }
}

extension RequestNamed {
    /// `nil` if nothing has that name.
    init?(requestName name: String) {
        guard let known = Self.requestNames.first(where: { $0.key == name }) else { return nil }
        self = known.value
    }

    /// The first of its names; `nil` if requests have none for it.
    var requestName: String? { Self.requestNames.first { $0.value == self }?.key }
}

/// The `m` parameter of `GET /api/2/users`.
extension ActiveUsersQuery.Metric: RequestNamed {
    static var requestNames: KeyValuePairs<String, Self> { ["active": .active, "new": .new] }
}

/// The `m` parameter of `GET /api/2/revenue/day`.
extension RevenueQuery.Metric: RequestNamed {
    static var requestNames: KeyValuePairs<String, Self> {
        ["total": .total, "paying": .paying, "arpu": .perActivePerson, "arppu": .perPayingPerson]
    }
}

/// The `m` parameter of `GET /api/2/revenue/ltv`.
extension LifetimeValueQuery.Metric: RequestNamed {
    static var requestNames: KeyValuePairs<String, Self> {
        ["0": .perPerson, "1": .perPayer, "2": .total, "3": .payers]
    }
}

/// The `n` parameter of `GET /api/2/events/segmentation`.
extension SegmentationQuery.Population: RequestNamed {
    static var requestNames: KeyValuePairs<String, Self> { ["any": .any, "active": .active, "new": .new] }
}

/// The `mode` parameter of `GET /api/2/funnels`.
extension FunnelQuery.StepOrder: RequestNamed {
    static var requestNames: KeyValuePairs<String, Self> {
        ["ordered": .ordered, "unordered": .unordered, "sequential": .sequential]
    }
}

/// As an `event_type`.
extension EventSelector.RevenueKind: RequestNamed {
    static var requestNames: KeyValuePairs<String, Self> {
        ["revenue_amount": .any, "verified_revenue": .verified, "unverified_revenue": .unverified]
    }
}

extension PropertyFilter.Operator: RequestNamed {
    static var requestNames: KeyValuePairs<String, Self> {
        [
            "is": .is, "is not": .isNot, "contains": .contains, "does not contain": .doesNotContain, "less": .less,
            "less or equal": .lessOrEqual, "greater": .greater, "greater or equal": .greaterOrEqual, "set is": .setIs,
            "set is not": .setIsNot, "set contains": .setContains, "set does not contain": .setDoesNotContain,
            "starts with": .startsWith, "does not start with": .doesNotStartWith, "glob match": .globMatch,
        ]
    }
}

/// How often something was performed.
extension PerformedCondition.Comparison: RequestNamed {
    static var requestNames: KeyValuePairs<String, Self> {
        [
            "=": .equal, "!=": .notEqual, "<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual,
            "==": .equal,
        ]
    }
}

extension BuiltInProperty: RequestNamed {
    static var requestNames: KeyValuePairs<String, Self> {
        [
            "version": .version, "country": .country, "city": .city, "region": .region, "language": .language,
            "platform": .platform, "os": .os, "device": .device, "carrier": .carrier, "library": .library,
            "paying": .paying, "DMA": .dma, "dma": .dma, "device_family": .deviceFamily, "device_type": .deviceType,
            "start_version": .startVersion, "user_id": .userID, "device_id": .deviceID,
        ]
    }
}
