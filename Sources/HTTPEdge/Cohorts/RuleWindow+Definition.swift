import EventModel
import JSONTape
import QueryModel

extension RuleWindow {
    static let definitionMembers = ["time_type", "time_value", "offset", "interval", "exclude_current_interval"]

    /// Raw value: its `time_type`. But for `rolling`, the names are ours.
    enum Kind: String, CaseIterable {
        case rolling, between, since, ever, elapsed
        case firstUse = "first_use"
    }

    /// Source: Documentation/cohorts.md G8.
    init(_ object: DefinitionObject) throws(QueryParameterError) {
        let kind: Kind = try object.choice("time_type")
        if let interval = object["interval"], interval.integer != 1 {
            throw object.malformed("interval", "1: a time is counted in days")
        }
        let isExclusive = try Self.excludesToday(object)
        if kind != .rolling {
            if let offset = object["offset"], offset.integer != 0 { throw object.malformed("offset", Self.onlyRolling) }
            if isExclusive { throw object.malformed("exclude_current_interval", Self.onlyRolling) }
        }
        func days() throws(QueryParameterError) -> Int {
            try object.number("time_value", 1...Int64(Self.mostDays), example: 30)
        }
        switch kind {
        case .rolling:
            let offset =
                object["offset"] == nil ? 0 : try object.number("offset", 0...Int64(Self.mostDays), example: 1)
            self = .lastDays(try days(), before: offset + (isExclusive ? 1 : 0))
        case .elapsed: self = .elapsed(days: try days())
        case .firstUse: self = .fromFirstUse(days: try days())
        case .ever:
            guard object["time_value"] == nil else { throw object.malformed("time_value", "left out of all time") }
            self = .ever
        case .since:
            guard let date = object["time_value"]?.string.flatMap(CalendarDate.init(chartable:)) else {
                throw object.malformed("time_value", "a day, such as \"2026-01-31\"")
            }
            self = .since(date)
        case .between:
            var dates: [CalendarDate?] = []
            if let value = object["time_value"], value.kind == .array {
                for element in value.elements { dates.append(element.string.flatMap(CalendarDate.init(chartable:))) }
            }
            guard dates.count == 2, let first = dates[0], let last = dates[1],
                let range = DateRange(first: first, last: last)
            else {
                throw object.malformed(
                    "time_value",
                    "the first and the last day, such as [\"2026-01-01\",\"2026-01-31\"]"
                )
            }
            self = .between(range)
        }
    }

    private static let onlyRolling = "left out unless \"time_type\" is \"rolling\""

    private static func excludesToday(_ object: DefinitionObject) throws(QueryParameterError) -> Bool {
        guard let flag = object["exclude_current_interval"] else { return false }
        guard let excludes = flag.bool else { throw object.malformed("exclude_current_interval", "true or false") }
        return excludes
    }
}

extension CalendarDate {
    fileprivate init?(chartable text: String) {
        guard let date = CalendarDate(iso: text), Self.chartable.contains(date) else { return nil }
        self = date
    }
}
