/// Why a request's events were not taken; nothing of it was stored. Source: Documentation/events-and-identity.md E2.
public struct RequestRefusal: Error, Equatable {
    /// The sentence that clients know, to the letter.
    public var error: String
    /// The top-level field that is missing.
    public var missingField: String?
    /// By field: the indexes of all events in which it is invalid, missing, or an id that is too short.
    public var invalidFields: [String: [Int]] = [:]
    public var missingFields: [String: [Int]] = [:]
    public var invalidIDLengths: [String: [Int]] = [:]
    /// True if there is more than a request may have: clients then send its events in halves.
    public var isTooLarge = false

    init(_ error: String, missingField: String? = nil) {
        self.error = error
        self.missingField = missingField
    }

    public static let missingBody = RequestRefusal("Missing request body")
    public static let invalidJSON = RequestRefusal("Invalid JSON request body")
    public static let invalidEvent = RequestRefusal("Invalid event JSON")

    public static let tooManyEvents: RequestRefusal = {
        var refusal = RequestRefusal("Payload too large")
        refusal.isTooLarge = true
        return refusal
    }()

    /// Its events change large user properties so often that in all they come to more than 64 MB.
    public static let tooMuchChange: RequestRefusal = {
        var refusal = RequestRefusal(
            "Payload too large: its events change large user_properties; send them in several requests"
        )
        refusal.isTooLarge = true
        return refusal
    }()

    public static func missing(_ field: String) -> RequestRefusal {
        RequestRefusal("Request missing required field", missingField: field)
    }

    /// SDKs compare this text, with the key in it, and stop sending.
    public static func invalidKey(_ key: String) -> RequestRefusal {
        RequestRefusal("Invalid API key: \(key)")
    }
}
