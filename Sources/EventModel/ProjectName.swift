private import Foundation

/// What a project may be called: 1 to 200 printable characters, not blanks alone, and not digits alone, as commands take a
/// name or an id.
public struct ProjectName: Hashable, Sendable {
    /// In Unicode's composed form, so that what looks the same is the same.
    public let text: String

    public static let mostCharacters = 200

    public init(_ text: String) throws(Invalid) {
        let text = text.precomposedStringWithCanonicalMapping
        if text.allSatisfy(\.isWhitespace) && text.unicodeScalars.allSatisfy(\.isPrintable) { throw .blank }
        guard text.unicodeScalars.allSatisfy(\.isPrintable) else { throw .unprintable }
        let count = text.unicodeScalars.count
        guard count <= Self.mostCharacters else { throw .tooLong(count) }
        if text.allSatisfy(\.isNumber) { throw .onlyDigits(text) }
        self.text = text
    }

    /// What is wrong with a text that is to be a name, as a sentence.
    public enum Invalid: Error, Equatable, CustomStringConvertible {
        case blank
        case unprintable
        /// With its number of characters.
        case tooLong(Int)
        case onlyDigits(String)

        public var description: String {
            let found =
                switch self {
                case .blank: "this one is blank"
                case .unprintable: "this one has a line break, a tab or another character that is not printable"
                case .tooLong(let count): "this one has \(count)"
                case .onlyDigits(let text): "\(text) would be taken for an id"
                }
            return "A project's name has 1 to \(mostCharacters) printable characters, not only digits, such as"
                + " \"Web shop\"; \(found)."
        }
    }
}

extension Unicode.Scalar {
    /// Whether it stands for itself where text is shown: no control character, no line break, nothing that turns the
    /// direction of what follows. Joiners are printable, as emoji and some scripts are made with them.
    public var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
        case .format: value == 0x200C || value == 0x200D
        default: true
        }
    }
}
