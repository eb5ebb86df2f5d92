import EventModel
import Foundation
import JSONTape

/// Why no event can be made of a line: a sentence without a stop.
struct FormatProblem: Error {
    var sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }
}

/// An event as `/2/httpapi` takes it, while it is put together from what another product tells.
struct MadeEvent: ~Copyable {
    private var json = JSONWriter(capacity: 1 << 10)
    private var isEmpty = true
    var properties = MadeObject()
    /// For `$set`.
    var userProperties = MadeObject()
    /// For `$setOnce`.
    var firstUserProperties = MadeObject()

    init() { json.byte(UInt8(ascii: "{")) }

    mutating func set(_ field: String, _ text: String?) {
        guard let text, !text.isEmpty else { return }
        key(field)
        json.string(text)
    }

    mutating func set(_ field: String, _ value: JSONValue?) {
        guard let value, !value.isNull else { return }
        key(field)
        json.value(value)
    }

    mutating func set(_ field: String, _ number: Int64) {
        key(field)
        json.integer(number)
    }

    /// A context field, whose value can be any scalar.
    mutating func set(_ field: String, scalar value: JSONValue?) {
        guard let value, value.kind != .object, value.kind != .array else { return }
        set(field, value)
    }

    mutating func set(_ field: String, number: Double) {
        key(field)
        json.number(number)
    }

    /// - Parameter object: as JSON; `nil` sets nothing.
    mutating func set(_ field: String, object: String?) {
        guard let object else { return }
        key(field)
        json.raw(object)
    }

    mutating func setLibrary(_ name: String?, _ version: String?) {
        set("library", [name, version].compactMap { $0 }.joined(separator: "/"))
    }

    /// Of which group the event tells, as far as that is known, and the properties that it gives it.
    mutating func setGroup(_ type: String?, _ key: JSONValue?, properties: JSONValue?) {
        if let type, let key {
            var groups = MadeObject()
            groups.set(type, key)
            set("groups", object: groups.json)
        }
        if let properties {
            var change = MadeObject()
            change.set("$set", properties)
            set("group_properties", object: change.json)
        }
    }

    /// Takes what is said by names: context fields, and properties of the event.
    ///
    /// - Parameters:
    ///   - context: which name is which field.
    ///   - dropped: names that are neither.
    mutating func take(_ said: JSONValue, context: [String: String], dropped: Set<String>) {
        for (key, value) in said.members where !value.isNull {
            let name = key.string
            if let field = context[name] {
                set(field, scalar: value)
            } else if !dropped.contains(name) {
                properties.set(name, value)
            }
        }
    }

    /// One line, without its line feed.
    consuming func line() -> [UInt8] {
        let events = properties.json
        set("event_properties", object: events)
        var user = MadeObject()
        user.set("$set", object: userProperties.json)
        user.set("$setOnce", object: firstUserProperties.json)
        set("user_properties", object: user.json)
        json.byte(UInt8(ascii: "}"))
        return json.bytes
    }

    private mutating func key(_ field: String) {
        if !isEmpty { json.byte(UInt8(ascii: ",")) }
        isEmpty = false
        json.string(field)
        json.byte(UInt8(ascii: ":"))
    }
}

/// The members of an object that is put together.
struct MadeObject: ~Copyable {
    private var members = JSONWriter()

    /// The object; `nil` if nothing is in it.
    var json: String? { members.count == 0 ? nil : "{\(members.text)}" }

    /// What another object with some of them has.
    mutating func set(_ values: JSONValue?) {
        guard let values else { return }
        for (key, value) in values.members where !value.isNull { set(key.string, value) }
    }

    mutating func set(_ key: String, _ value: JSONValue) {
        begin(key)
        members.value(value)
    }

    mutating func set(_ key: String, _ value: PropertyValue) {
        begin(key)
        members.value(value)
    }

    /// - Parameter object: as JSON; `nil` sets nothing.
    mutating func set(_ key: String, object: String?) {
        guard let object else { return }
        begin(key)
        members.raw(object)
    }

    private mutating func begin(_ key: String) {
        if members.count > 0 { members.byte(UInt8(ascii: ",")) }
        members.string(key)
        members.byte(UInt8(ascii: ":"))
    }
}

extension Timestamp {
    /// What products write for a moment: ISO 8601, also with a blank for the `T` or without a zone, which is UTC then, or
    /// as a day alone, also `20260131`; seconds since 1970, or milliseconds if they are so many that seconds would lie far
    /// off.
    init?(told text: String) {
        if let day = text.wholeMatch(of: /((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})/) {
            guard let time = Timestamp(iso8601: "\(day.1)-\(day.2)-\(day.3)T00:00:00") else { return nil }
            self = time
            return
        }
        if let number = Double(text), number.isFinite, abs(number) < 1e15 {
            self.init(milliseconds: Int64(abs(number) < 1e11 ? (number * 1_000).rounded() : number))
            return
        }
        let moment = text.utf8.count == 10 ? text + "T00:00:00" : text.replacing(" UTC", with: "Z")
        guard let time = Timestamp(iso8601: moment) else { return nil }
        self = time
    }

    init?(told value: JSONValue?) {
        guard let label = value?.label, let time = Timestamp(told: label) else { return nil }
        self = time
    }
}

enum Countries {
    private static let english = Locale(identifier: "en_US")

    /// The name of a country by its two letters; what is something else stays.
    static func name(_ text: String?) -> String? {
        guard let text, text.utf8.count == 2 else { return text }
        return english.localizedString(forRegionCode: text.uppercased()) ?? text
    }
}
