import EventModel
import HTTPEdge
import JSONTape
import Storage

/// The body of `POST /api/2/deletions/users`. Source: Documentation/data.md D13.
struct AskedDeletion: Equatable {
    enum Name: Equatable {
        case userID(String)
        case amplitudeID(AmplitudeID)

        /// The member of the body in which it stands.
        var field: String {
            switch self {
            case .userID: "user_ids"
            case .amplitudeID: "amplitude_ids"
            }
        }

        /// Such as `user id "ann"`.
        var sentence: String {
            switch self {
            case .userID(let id): "user id \(id.shown())"
            case .amplitudeID(let id): "Amplitude ID \(id.number)"
            }
        }

        /// A key of who is meant, or was and is being deleted; `nil` if there is nobody, or nobody any more.
        func user(in record: any ProjectRecord) throws -> UserKey? {
            switch self {
            case .userID(let id):
                if let user = try record.user(withID: id) { return user.key }
                return try record.stagedDeletion(ofUserID: id)?.person
            case .amplitudeID(let id):
                guard let user = try record.user(id) else { return nil }
                return try record.deletion(of: user.key)?.state == .done ? nil : user.key
            }
        }
    }

    var names: [Name] = []
    /// Whether who is not known is left out.
    var ignoresUnknown = false
    /// Who asks; Amplitude says `rest` of whoever does not say.
    var requester = "rest"

    static let mostPeople = 100
    private static let longestRequester = 1_024

    init(parsing body: [UInt8]) throws {
        self = try SentObject.read(body, example: "{\"user_ids\":[\"ann\"]}") { try AskedDeletion($0.root) }
    }

    private init(_ root: JSONValue) throws(Failure) {
        for id in try Self.list("amplitude_ids", root, "whole numbers, such as [356896327]") {
            // Some clients send all numbers as texts.
            guard let number = id.integer ?? id.string.flatMap({ Int64($0) }) else {
                throw Failure.member("amplitude_ids", "must be whole numbers, such as [356896327].")
            }
            names.append(.amplitudeID(AmplitudeID(number)))
        }
        for id in try Self.list("user_ids", root, "texts, such as [\"ann\"]") {
            guard let text = id.string, !text.isEmpty else {
                throw Failure.member("user_ids", "must be texts, such as [\"ann\"].")
            }
            names.append(.userID(text))
        }
        guard !names.isEmpty else {
            throw Failure.member("user_ids", "or amplitude_ids must name somebody, such as [\"ann\"].")
        }
        guard names.count <= Self.mostPeople else {
            throw Failure(
                .malformed,
                "parameter_out_of_range",
                "A request has at most \(Self.mostPeople) ids, and this one has \(names.count): send the rest with"
                    + " another one.",
                field: names[Self.mostPeople].field
            )
        }
        if let sent = root["requester"], !sent.isNull {
            guard let text = sent.string, text.utf8.count <= Self.longestRequester else {
                throw Failure.member(
                    "requester",
                    "must be a text of at most \(Self.longestRequester) bytes, such as \"privacy@example.com\"."
                )
            }
            if !text.isEmpty { requester = text }
        }
        // Of an organization's projects, some may have never heard of somebody.
        let isOfAll = try Self.flag("delete_from_org", root)
        let flags = [try Self.flag("ignore_invalid_id", root), try Self.flag("ignore_invalid_ids", root), isOfAll]
        ignoresUnknown = flags.contains(true)
        // Whatever it says: what is mapped is one person.
        _ = try Self.flag("include_mapped_user_ids", root)
    }

    private static func list(
        _ name: StaticString,
        _ root: JSONValue,
        _ example: String
    ) throws(Failure) -> [JSONValue] {
        guard let sent = root[name], !sent.isNull else { return [] }
        guard sent.kind == .array else { throw .member(name, "must be a list of \(example).") }
        return Array(sent.elements)
    }

    /// True and false, also as the texts that Python makes of them.
    private static func flag(_ name: StaticString, _ root: JSONValue) throws(Failure) -> Bool {
        guard let sent = root[name], !sent.isNull else { return false }
        if let flag = sent.bool ?? sent.string.flatMap({ Bool($0.lowercased()) }) { return flag }
        throw .member(name, "must be true or false, or one of the texts \"True\" and \"False\".")
    }
}
