import EventModel
private import Foundation
private import Synchronization

extension EventContext {
    /// Puts what was sent into the form in which it is stored: languages by their English name.
    mutating func normalize() {
        if let tag = self[.language] { self[.language] = Self.languageName(tag) }
    }

    /// `en-US` is English; what is no tag of a known language stays as it is.
    /// Source: Documentation/events-and-identity.md E23.
    static func languageName(_ tag: String) -> String {
        if let known = languageNames.withLock({ $0[tag] }) { return known }
        let name = computedLanguageName(tag)
        languageNames.withLock { names in
            if names.count < 1_000 { names[tag] = name }
        }
        return name
    }

    /// Those computed so far: the system's answer takes longer than all else about an event.
    private static let languageNames = Mutex<[String: String]>([:])

    private static func computedLanguageName(_ tag: String) -> String {
        guard let code = tag.split(whereSeparator: { $0 == "-" || $0 == "_" }).first?.lowercased(),
            (2...3).contains(code.utf8.count), code.utf8.allSatisfy({ (0x61...0x7A).contains($0) }),
            let name = english.localizedString(forLanguageCode: code), name.lowercased() != code
        else { return tag }
        return name
    }

    private static let english = Locale(identifier: "en_US")
}
