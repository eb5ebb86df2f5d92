import EventModel
import QueryModel
import TestSupport

/// Random parts of questions about an ``AskedProject``.
extension SeededRandom {
    mutating func property() -> PropertyReference {
        [.event(ExactText("level")), .user(ExactText("plan")), .builtIn(.country)][below(3)]
    }

    mutating func filters() -> [PropertyFilter] {
        let texts = ["Germany", "3", "1", "2.5", "a", "(none)", "free"]
        return below(3) > 0
            ? []
            : [
                PropertyFilter(
                    property: property(),
                    operator: [.is, .isNot][below(2)],
                    values: (0...below(2)).map { _ in ExactText(texts[below(texts.count)]) }
                )
            ]
    }

    mutating func selector() -> EventSelector {
        let types: [EventSelector.EventType] = [
            .named(ExactText("Play")), .named(ExactText("Stop")), .named(ExactText("Köln")), .anyActive, .any,
            .revenue(.any), .custom(ExactText("either")),
        ]
        return EventSelector(type: types[below(types.count)], filters: filters())
    }

    mutating func segments() -> [Segment] {
        (0...below(2)).map { _ in
            var conditions: [SegmentCondition] = []
            for filter in filters() where filter.property != .event(ExactText("level")) {
                conditions.append(.property(filter))
            }
            switch below(6) {
            case 0: conditions.append(.cohort(ids: ["odd"], isMember: below(2) == 0))
            case 1:
                conditions.append(
                    .performed(
                        PerformedCondition(
                            event: selector(),
                            comparison: [.greaterOrEqual, .equal][below(2)],
                            count: below(3),
                            span: [.bucket, .sinceEver, .trailing(days: 1 + below(9))][below(3)]
                        )
                    )
                )
            default: break
            }
            return Segment(conditions)
        }
    }

    mutating func range(_ days: ClosedRange<Int>) -> DateRange {
        let first = days.lowerBound + below(4)
        return DateRange(
            first: CalendarDate(daysSinceEpoch: first),
            last: CalendarDate(daysSinceEpoch: first + [0, 2, 9, days.count][below(4)])
        )!
    }

    mutating func interval() -> Interval { [.day, .day, .week, .month][below(4)] }
}
