import EventModel
import HTTPEdge
import Storage

/// A taxonomy request that cannot be carried out, with the sentence that its sender gets.
enum TaxonomyError: Error, Equatable {
    /// It cannot be understood.
    case malformed(String)
    /// It is at odds with what is there.
    case conflict(String)

    static let notFound = TaxonomyError.malformed("Not found")
}

/// What a write to an event type says; `nil` leaves a setting as it is. Source: Documentation/taxonomy.md X2.
struct EventTypeChange: Equatable {
    var newName: String?
    /// Texts that may be empty, which takes the setting away.
    var category: String?
    var description: String?
    var displayName: String?
    var owner: String?
    var tags: [String]?
    var isActive: Bool?
    var isHiddenFromDropdowns: Bool?
    var isHiddenFromPersonaResults: Bool?
    var isHiddenFromPathfinder: Bool?
    var isHiddenFromTimeline: Bool?
    /// An extension: Amplitude blocks event types in its web app alone.
    var isBlocked: Bool?

    init() {}

    /// Reads the form of a `POST` or `PUT`.
    init(parsing form: SentParameters) throws(TaxonomyError) {
        newName = try form["new_event_type"].map { text throws(TaxonomyError) in
            try Self.name(text, "new_event_type")
        }
        category = try Self.text(form, "category")
        description = try Self.text(form, "description")
        displayName = try Self.text(form, "display_name")
        owner = try Self.text(form, "owner")
        tags = try Self.list(form, "tags")
        isActive = try Self.flag(form, "is_active")
        isHiddenFromDropdowns = try Self.flag(form, "is_hidden_from_dropdowns")
        isHiddenFromPersonaResults = try Self.flag(form, "is_hidden_from_persona_results")
        isHiddenFromPathfinder = try Self.flag(form, "is_hidden_from_pathfinder")
        isHiddenFromTimeline = try Self.flag(form, "is_hidden_from_timeline")
        isBlocked = try Self.flag(form, "is_blocked")
    }

    /// The most characters of a name or another text, as of every text on the way in.
    private static let longest = 1024

    /// A name of an event type or a category: not empty, not too long, and without U+0000.
    static func name(_ text: String, _ field: String) throws(TaxonomyError) -> String {
        guard (1...longest).contains(text.count) else {
            throw .malformed("\(field) must have 1 to \(longest) characters")
        }
        // No event could ever have it.
        if text.utf8.contains(0) { throw .malformed("\(field) must not hold U+0000, such as \(field)=Checkout") }
        return text
    }

    static func text(_ form: SentParameters, _ field: String) throws(TaxonomyError) -> String? {
        guard let text = form[field] else { return nil }
        guard text.count <= longest else { throw .malformed("\(field) must have \(longest) characters at most") }
        return text
    }

    /// Texts with commas between them.
    static func list(_ form: SentParameters, _ field: String) throws(TaxonomyError) -> [String]? {
        try text(form, field).map { list in list.split(separator: ",").map(trimmed).filter { !$0.isEmpty } }
    }

    static func flag(_ form: SentParameters, _ field: String) throws(TaxonomyError) -> Bool? {
        guard let text = form[field] else { return nil }
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        default: throw .malformed("\(field) must be true or false, such as \(field)=true")
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
