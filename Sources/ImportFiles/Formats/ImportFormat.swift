import JSONTape

/// What a file of events looks like. Raw value: its name for people.
public enum ImportFormat: String, CaseIterable, Sendable {
    /// Rows of Amplitude's export, and of ours.
    case amplitude
    /// Which Amplitude IDs are another one's person.
    case mergedIDs = "merged-ids"
    /// Events as `/2/httpapi` takes them, an object a line.
    case events
    /// A line of names, then a line of values for each event.
    case csv
    /// Mixpanel's raw export.
    case mixpanel
    /// PostHog's events.
    case posthog
    /// Segment's calls.
    case segment

    /// What a file's first line that is not blank looks like; `nil` if it is none of these.
    public init?(firstLine line: [UInt8]) {
        guard line.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else {
            self = .csv
            if line.contains(where: { [UInt8(ascii: ","), UInt8(ascii: ";"), 9].contains($0) }),
                line.first != UInt8(ascii: "[")
            {
                return
            }
            return nil
        }
        let format = try? JSONDocument.withRoot(of: line) { root -> ImportFormat? in
            if root["merged_amplitude_id"] != nil { return .mergedIDs }
            if root["event_type"] != nil {
                return root["event_time"] != nil || root["client_event_time"] != nil ? .amplitude : .events
            }
            if root["event"] != nil, root["distinct_id"] != nil { return .posthog }
            if root["event"] != nil, root["properties"]?["distinct_id"] != nil { return .mixpanel }
            if root["type"] != nil, root["userId"] != nil || root["anonymousId"] != nil { return .segment }
            return nil
        }
        guard let format = format ?? nil else { return nil }
        self = format
    }

    /// How the server takes the lines that are made of it.
    public var form: String {
        switch self {
        case .amplitude: "rows"
        case .mergedIDs: "merges"
        case .events, .csv, .mixpanel, .posthog, .segment: "events"
        }
    }
}
