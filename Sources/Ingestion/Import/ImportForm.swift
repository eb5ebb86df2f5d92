/// What the lines of an import are. Raw value: how it is asked for.
public enum ImportForm: String, CaseIterable, Sendable {
    /// Events as an export has them, Amplitude's or our own. Source: Documentation/data.md D25, D26.
    case rows
    /// Events as `/2/httpapi` takes them. Source: Documentation/data.md D29.
    case events
    /// Which Amplitude IDs are another one's person. Source: Documentation/data.md D28.
    case merges
}
