import EventModel
import Storage

/// The values that events of a ``RandomProject`` have.
enum RandomValues {
    static let countries = [nil, "Germany", "France", "germany"]
    /// The first few come up often, so that groups have several people.
    static let all: [(json: String?, value: PlainValue)] = [
        (nil, PlainValue()),
        ("1", PlainValue(labels: ["1"], number: 1)),
        ("2.5", PlainValue(labels: ["2.5"], number: 2.5)),
        ("\"free\"", PlainValue(labels: ["free"])),
        ("[\"a\",\"b\"]", PlainValue(labels: ["a", "b"])),
        ("null", PlainValue()),
        ("[]", PlainValue()),
        ("\"1\"", PlainValue(labels: ["1"], number: 1)),
        ("3.0", PlainValue(labels: ["3"], number: 3)),
        ("3", PlainValue(labels: ["3"], number: 3)),
        ("[3]", PlainValue(labels: ["3"])),
        ("-4", PlainValue(labels: ["-4"], number: -4)),
        ("[1,2.5]", PlainValue(labels: ["1", "2.5"])),
        ("[\"a\",\"a\"]", PlainValue(labels: ["a", "a"])),
        ("\"free/fast\"", PlainValue(labels: ["free/fast"])),
        ("\"Zürich\"", PlainValue(labels: ["Zürich"])),
        ("\"(none)\"", PlainValue(labels: ["(none)"])),
        ("{\"x\":1}", PlainValue(labels: ["{\"x\":1}"])),
        ("true", PlainValue(labels: ["true"])),
        ("\"2024-03-09\"", PlainValue(labels: ["2024-03-09"])),
    ]
    private static let often = 5
    /// Of a property that is a number wherever it is.
    static let numbers: [(json: String?, value: PlainValue)] = [
        (nil, PlainValue()),
        ("1", PlainValue(labels: ["1"], number: 1)),
        ("\"2.5\"", PlainValue(labels: ["2.5"], number: 2.5)),
        ("-4", PlainValue(labels: ["-4"], number: -4)),
    ]

    static func index(_ random: inout SeededRandom) -> Int {
        random.below(random.once(in: 2) ? often : all.count)
    }

    /// All names at once: their numbers are what the events of the project use.
    static func name(types: [String], in batch: inout JournalBatch) {
        batch.eventTypes = types.enumerated().map { Numbered(EventTypeID(Int32($0.offset + 1)), $0.element) }
        batch.contexts = countries.enumerated().map { index, country in
            var context = EventContext()
            context[.country] = country
            return Numbered(ContextID(Int32(index + 1)), context)
        }
        batch.propertySets = all.enumerated().compactMap { index, value in
            value.json.map { Numbered(PropertySetID(Int32(index)), "{\"plan\":\($0)}") }
        }
        batch.propertyNames = [
            PropertyName(.event, "level"), PropertyName(.event, "size"), PropertyName(.event, "price"),
            PropertyName(.user, "plan"),
        ]
    }
}
