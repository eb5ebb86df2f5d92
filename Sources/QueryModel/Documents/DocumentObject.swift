/// The name of a member of a document.
struct DocumentKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(_ name: String) {
        stringValue = name
    }

    init?(stringValue: String) {
        self.init(stringValue)
    }

    init?(intValue: Int) { nil }
}

/// An object of a document, whose members are read by name. Whatever is wrong is a ``QuestionDocumentError`` that names
/// the place.
struct DocumentObject {
    private let members: KeyedDecodingContainer<DocumentKey>
    private let decoder: any Decoder

    /// - Parameter shape: ends the sentence `… must be`.
    init(_ decoder: any Decoder, _ shape: String) throws {
        self.decoder = decoder
        do {
            members = try decoder.container(keyedBy: DocumentKey.self)
        } catch {
            throw decoder.malformed(shape)
        }
    }

    /// The same, of which no other members are known.
    init(_ decoder: any Decoder, _ shape: String, known: [String]) throws {
        try self.init(decoder, shape)
        try allow(known)
    }

    /// Refuses members of other names.
    func allow(_ known: [String]) throws {
        guard let other = members.allKeys.map(\.stringValue).filter({ !known.contains($0) }).min() else { return }
        throw QuestionDocumentError(
            .unknown,
            at: path(other),
            "\(path(other)) is not known here; \(place) takes \(known.joined(separator: ", "))"
        )
    }

    /// The path of a member.
    func path(_ name: String) -> String { (decoder.codingPath + [DocumentKey(name)]).documentPath }

    private var place: String { decoder.codingPath.documentPlace }

    /// Whether the member is there, and not null.
    func has(_ name: String) -> Bool { ((try? members.decodeNil(forKey: DocumentKey(name))) ?? true) == false }

    /// - Parameter shape: ends the sentence `name must be`.
    /// - Returns: `nil` if the member is missing or null.
    func value<Value: Decodable>(_ name: String, _ shape: String, as type: Value.Type = Value.self) throws -> Value? {
        do {
            return try members.decodeIfPresent(Value.self, forKey: DocumentKey(name))
        } catch let error as QuestionDocumentError {
            throw error
        } catch {
            throw malformed(name, shape)
        }
    }

    /// - Parameter shape: ends the sentences `name is required:` and `name must be`.
    func required<Value: Decodable>(_ name: String, _ shape: String, as type: Value.Type = Value.self) throws -> Value {
        guard let value = try value(name, shape, as: type) else { throw missing(name, shape) }
        return value
    }

    func number(_ name: String, _ valid: ClosedRange<Int>, example: Int) throws -> Int? {
        let shape = "a whole number from \(valid.lowerBound) to \(valid.upperBound), such as \(example)"
        guard let number = try value(name, shape, as: Int.self) else { return nil }
        guard valid.contains(number) else { throw outOfRange(name, "must be \(shape)") }
        return number
    }

    /// One of a few values, by name.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        of type: Choice.Type = Choice.self
    ) throws -> Choice? {
        let names = Choice.allCases.map(\.rawValue)
        let shape = "one of \(names.joined(separator: ", "))"
        guard let text = try value(name, shape, as: String.self) else { return nil }
        guard let choice = Choice(rawValue: text) else { throw malformed(name, shape) }
        return choice
    }

    /// - Parameter meaning: ends the sentence `name is required:`.
    func requiredChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        _ meaning: String,
        of type: Choice.Type = Choice.self
    ) throws -> Choice {
        guard let choice = try choice(name, of: type) else { throw missing(name, meaning) }
        return choice
    }

    // MARK: What is wrong

    func missing(_ name: String, _ shape: String) -> QuestionDocumentError {
        QuestionDocumentError(.missing, at: path(name), "\(path(name)) is required: \(shape)")
    }

    func malformed(_ name: String, _ shape: String) -> QuestionDocumentError {
        QuestionDocumentError(.malformed, at: path(name), "\(path(name)) must be \(shape)")
    }

    /// - Parameter sentence: goes on after the name.
    func outOfRange(_ name: String, _ sentence: String) -> QuestionDocumentError {
        QuestionDocumentError(.outOfRange, at: path(name), "\(path(name)) \(sentence)")
    }

    /// The object itself is not as it must be.
    func malformed(_ shape: String) -> QuestionDocumentError { decoder.malformed(shape) }
}

extension Decoder {
    /// - Parameter shape: ends the sentence `… must be`.
    func malformed(_ shape: String) -> QuestionDocumentError {
        QuestionDocumentError(.malformed, at: codingPath.documentPath, "\(codingPath.documentPlace) must be \(shape)")
    }

    /// A text in place of an object.
    func text(_ shape: String) throws -> String {
        do {
            return try singleValueContainer().decode(String.self)
        } catch {
            throw malformed(shape)
        }
    }
}

extension [any CodingKey] {
    /// `segments[0].conditions[1].op`
    var documentPath: String {
        reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }

    /// The same, and a word for all of it.
    var documentPlace: String { isEmpty ? "a question" : documentPath }
}

/// Writes an object of a document.
struct DocumentWriter {
    private var members: KeyedEncodingContainer<DocumentKey>

    init(_ encoder: any Encoder) {
        members = encoder.container(keyedBy: DocumentKey.self)
    }

    mutating func write(_ name: String, _ value: some Encodable) throws {
        try members.encode(value, forKey: DocumentKey(name))
    }

    /// What is as it would be anyway is left out, so that equal questions are equal texts.
    mutating func write<Value: Encodable & Equatable>(_ name: String, _ value: Value, unless standard: Value) throws {
        if value != standard { try write(name, value) }
    }
}
