/// What is wrong with the events of one request.
struct EventProblems {
    /// How many there are: whether an event has added any is told by this, without a look at those of all others.
    private(set) var count = 0
    private(set) var invalid: [String: [Int]] = [:]
    private(set) var missing: [String: [Int]] = [:]
    private(set) var short: [String: [Int]] = [:]

    /// An event is named once for each of its fields, however many reasons there are.
    mutating func invalid(_ field: String, _ index: Int) {
        count += 1
        if invalid[field]?.last == index { return }
        invalid[field, default: []].append(index)
    }

    mutating func missing(_ field: String, _ index: Int) {
        count += 1
        missing[field, default: []].append(index)
    }

    /// Named as an invalid field too: the Swift SDK reads only that, and would resend for ever
    /// (Documentation/events-and-identity.md E5).
    mutating func short(_ field: String, _ index: Int) {
        short[field, default: []].append(index)
        invalid(field, index)
    }

    var refusal: RequestRefusal? {
        let error: String
        if !missing.isEmpty {
            error = "Request missing required field"
        } else if !short.isEmpty, invalid == short {
            error = "Invalid id length for user_id or device_id"
        } else if !invalid.isEmpty {
            error = "Invalid field values on some events"
        } else {
            return nil
        }
        var refusal = RequestRefusal(error)
        refusal.invalidFields = invalid
        refusal.missingFields = missing
        refusal.invalidIDLengths = short
        return refusal
    }
}
