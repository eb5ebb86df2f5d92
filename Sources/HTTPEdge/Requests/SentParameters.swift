public import EventModel
import Synchronization

/// What a request tells an endpoint: the fields of its query string or form, and the parts of its path that vary.
///
/// It knows which parameters the endpoint declares: a debug build stops at one that is read and not declared, and a test
/// sees that each that is declared is read.
public struct SentParameters: Sendable {
    private let fields: FormFields
    /// By name, decoded.
    private let parts: [String: String]
    let names: ReadNames?

    /// - Parameters:
    ///   - parts: those of the path that vary, by name, decoded.
    ///   - names: of what may be read; anything, if left out.
    init(_ fields: FormFields, parts: [String: String] = [:], names: ReadNames? = nil) {
        self.fields = fields
        self.parts = parts
        self.names = names
    }

    /// Those of a query string, any of which may be read.
    public init(urlEncoded text: some StringProtocol) {
        self.init(FormFields(urlEncoded: text))
    }

    /// Fields that were kept, any of which may be read.
    public init(_ fields: [(name: String, value: String)]) {
        self.init(FormFields(fields))
    }

    /// The same request's other fields, such as those of its body.
    func with(_ fields: FormFields) -> SentParameters {
        SentParameters(fields, parts: parts, names: names)
    }

    /// The last value of that name, as in most frameworks; `nil` if there is none.
    public subscript(name: String) -> String? {
        names?.note(name)
        return fields[name]
    }

    /// All values of that name, in order.
    public func all(_ name: String) -> [String] {
        names?.note(name)
        return fields.fields.filter { $0.name == name }.map(\.value)
    }

    /// The last value of that name, if it says anything.
    public func nonEmpty(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// A part of the path, decoded.
    public func part(_ name: String) -> ExactText {
        names?.note(name)
        return ExactText(parts[name] ?? "")
    }

    /// - Parameter example: ends the sentence `name is required: `.
    public func required(_ name: String, _ example: String) throws(QueryParameterError) -> String {
        guard let value = nonEmpty(name) else {
            throw QueryParameterError(.missing, name, "\(name) is required: \(example)")
        }
        return value
    }

    /// One of a few names, each of which is that of a value; `standard` if none is sent.
    public func choice<Choice: RequestNamed>(
        _ name: String,
        standard: Choice
    ) throws(QueryParameterError) -> Choice {
        guard let text = nonEmpty(name) else { return standard }
        guard let choice = Choice(requestName: text) else {
            let names = Choice.requestNames.map(\.key)
            let last = names.count > 1 ? " or \(names[names.count - 1])" : ""
            throw .malformed(name, "\(name) must be \(names.dropLast().joined(separator: ", "))\(last)")
        }
        return choice
    }

    /// Refuses what may stand once and is sent twice, unless both say the same: whichever were taken, the other was meant to
    /// count, too.
    ///
    /// - Parameter declared: those of the endpoint.
    func checkSentOnce(_ declared: [Parameter]) throws(QueryParameterError) {
        for parameter in declared where !parameter.mayRepeat && parameter.place != .path {
            let values = fields.fields.filter { $0.name == parameter.name && !$0.value.isEmpty }.map(\.value)
            guard let other = values.first(where: { $0 != values[0] }) else { continue }
            throw .malformed(
                parameter.name,
                "\(parameter.name) is sent twice, as \"\(values[0])\" and as \"\(other)\"; send it once, such as"
                    + " \(parameter.name)=\(parameter.example)"
            )
        }
    }

    /// Fields such as `conditions[0][field]`, in order: what follows the name, and the value.
    public func nested(_ name: String) -> [(rest: String, value: String)] {
        names?.note(name)
        return fields.fields.compactMap { field in
            guard field.name.utf8.starts(with: "\(name)[".utf8) else { return nil }
            return (String(field.name.dropFirst(name.count)), field.value)
        }
    }

    /// Refuses what the endpoint does not take, and what may stand once and is sent twice with different values.
    ///
    /// - Parameter declared: those of the endpoint.
    public func check(_ declared: [Parameter]) throws(QueryParameterError) {
        let known = declared.map(\.name)
        for field in fields.fields {
            let name = String(field.name.prefix { $0 != "[" })
            // What browsers' tools add against caches, and a token that clients send in this way.
            if known.contains(name) || ["_", "token"].contains(name) { continue }
            let nearest = nearestNames(to: name, among: known).first
            throw QueryParameterError(
                .unknown,
                name,
                "\(name.shown()) is not a parameter here"
                    + (nearest.map { "; did you mean \($0)?" } ?? "; send one of \(known.joined(separator: ", "))")
            )
        }
        try checkSentOnce(declared)
    }

    /// Refuses a parameter that the endpoint does not have, but that others like it have: to pass over it would give a
    /// wrong number.
    ///
    /// - Parameter sentence: what to do instead.
    public func refuse(_ name: String, _ sentence: String) throws(QueryParameterError) {
        if fields[name]?.isEmpty == false { throw .unsupported(name, sentence) }
    }
}

/// Which of an endpoint's parameters were read, of those that it declares.
final class ReadNames: Sendable {
    private let declared: Set<String>
    private let read = Mutex(Set<String>())

    init(_ parameters: [Parameter]) {
        declared = Set(parameters.map(\.name))
    }

    var all: Set<String> { read.withLock { $0 } }

    func note(_ name: String) {
        assert(declared.contains(name), "the endpoint reads \(name), but does not declare it")
        read.withLock { _ = $0.insert(name) }
    }
}
