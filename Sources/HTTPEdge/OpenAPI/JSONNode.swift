public import EventModel

/// A JSON text as a value that can be written as a literal: members stay in the order in which they are written.
public enum JSONNode: Hashable, Sendable {
    case object([Member])
    case list([JSONNode])
    case text(String)
    case integer(Int)
    case bool(Bool)
    case null

    public struct Member: Hashable, Sendable {
        public var name: String
        public var value: JSONNode

        public init(_ name: String, _ value: JSONNode) {
            self.name = name
            self.value = value
        }
    }
}

extension JSONNode: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    public init(dictionaryLiteral members: (String, JSONNode)...) { self = .object(members.map(Member.init)) }
    public init(arrayLiteral elements: JSONNode...) { self = .list(elements) }
    public init(stringLiteral text: String) { self = .text(text) }
    public init(integerLiteral number: Int) { self = .integer(number) }
    public init(booleanLiteral flag: Bool) { self = .bool(flag) }
}

extension JSONNode {
    /// The member of that name of an object; to set it replaces it where it stands, or adds it behind the others.
    public subscript(name: String) -> JSONNode? {
        get {
            guard case .object(let members) = self else { return nil }
            return members.first { $0.name == name }?.value
        }
        set {
            guard case .object(var members) = self else { return }
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name, value))
            case (nil, nil): return
            }
            self = .object(members)
        }
    }

    public var text: String {
        var json = JSONWriter()
        json.node(self)
        return json.text
    }
}

extension JSONWriter {
    public mutating func node(_ node: JSONNode) {
        switch node {
        case .object(let members):
            raw("{")
            for (index, member) in members.enumerated() {
                if index > 0 { raw(",") }
                string(member.name)
                raw(":")
                self.node(member.value)
            }
            raw("}")
        case .list(let elements): list(elements) { $0.node($1) }
        case .text(let text): string(text)
        case .integer(let number): integer(number)
        case .bool(let flag): bool(flag)
        case .null: raw("null")
        }
    }
}

extension JSONWriter {
    /// A comma, a key and a flag.
    public mutating func flag(_ name: StaticString, _ value: Bool) {
        key(name)
        bool(value)
    }
}
