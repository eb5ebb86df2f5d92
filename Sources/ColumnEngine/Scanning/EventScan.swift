public import EventModel
public import QueryModel

/// Which events a query looks at, and what for. All that needs text was decided before, once per distinct value.
public struct EventScan: Sendable {
    /// Takes the events of some types. Which tests they must pass is said by the tests.
    public struct Matcher: Sendable {
        /// By event type; types beyond the end are not taken.
        public var types: [Bool]
        /// Whether it takes events of days that have left: who asks for them only asks who is new, and takes none but a
        /// person's first.
        public var takesFirsts: Bool

        public init(types: [Bool], takesFirsts: Bool = false) {
            self.types = types
            self.takesFirsts = takesFirsts
        }
    }

    /// A property, and by the code of its value whether an event passes; those that fail are not taken by `matchers`.
    public struct Test: Sendable {
        public var property: PropertyReference
        public var passes: [Bool]
        /// Bit i: matcher i.
        public var matchers: UInt64

        public init(property: PropertyReference, passes: [Bool], matchers: UInt64) {
            self.property = property
            self.passes = passes
            self.matchers = matchers
        }
    }

    /// Keeps of each person's events that a matcher takes only the one that is the n-th of its kind.
    public struct Ordinal: Sendable {
        /// Bits of the matchers that tell which events are counted.
        public var counted: UInt64
        /// Bits of those that take no other than the n-th event.
        public var narrowed: UInt64
        /// From 1 on.
        public var number: Int
        /// Seconds since 1970: earlier events are not counted.
        public var from: Int64

        public init(counted: UInt64, narrowed: UInt64, number: Int, from: Int64) {
            self.counted = counted
            self.narrowed = narrowed
            self.number = number
            self.from = from
        }
    }

    /// The most matchers of one scan.
    public static let mostMatchers = 64

    /// Seconds since 1970.
    public var times: Range<Int64>
    /// Bit i of an event's mask tells whether matcher i takes it.
    public var matchers: [Matcher]
    public var tests: [Test]
    /// Only these people, by any of their keys; `nil` for all.
    public var people: UserKeySet?
    /// Whether folds get people of whom no event is taken, too.
    public var visitsEverybody = false
    /// Judged after the tests.
    public var ordinals: [Ordinal]

    public init(times: Range<Int64>, matchers: [Matcher], tests: [Test] = [], ordinals: [Ordinal] = []) {
        precondition(matchers.count <= Self.mostMatchers, "a mask has 64 bits")
        self.times = times
        self.matchers = matchers
        self.tests = tests
        self.ordinals = ordinals
    }

    /// Whether its type alone tells which matchers take an event.
    public var isByTypeAlone: Bool { tests.isEmpty && ordinals.isEmpty }

    /// The types that any matcher takes, if they are so few, and few of all types, that their events are worth a search;
    /// else `nil`.
    var fewTypes: [Int]? {
        let masks = masksByType
        let taken = masks.indices.filter { masks[$0] != 0 }
        return taken.count <= min(NumberSearch<UInt8>.mostNumbers, masks.count / 2) ? taken : nil
    }

    /// By event type: the matchers that take it, before tests.
    public var masksByType: [UInt64] {
        var masks = [UInt64](repeating: 0, count: matchers.map(\.types.count).max() ?? 0)
        for (number, matcher) in matchers.enumerated() {
            for (type, isTaken) in matcher.types.enumerated() where isTaken { masks[type] |= 1 << UInt64(number) }
        }
        return masks
    }
}
