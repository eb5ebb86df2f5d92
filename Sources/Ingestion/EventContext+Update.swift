import EventModel

extension EventContext {
    /// These belong together: whoever sets one of them has said all there is. Source: reference/ingest.md §3.
    private static let device: [ContextField] = [
        .platform, .osName, .osVersion, .deviceBrand, .deviceManufacturer, .deviceModel, .carrier,
    ]
    static let place: [ContextField] = [.country, .region, .city, .dma]

    /// Turns the context of a person's last event into that of the next one, which sets the fields of `event`.
    ///
    /// - Parameter isRevenue: whether it is a revenue event: its person is a paying one from this event on.
    mutating func update(from event: EventContext, isRevenue: Bool) {
        for group in [Self.device, Self.place] where group.contains(where: { event[$0] != nil }) {
            for field in group { self[field] = event[field] }
        }
        for field in [ContextField.version, .language] {
            if let value = event[field] { self[field] = value }
        }
        // Each event has come through some library; without a name it was a plain HTTP request.
        self[.library] = event[.library] ?? "http/1.0"
        for field in [ContextField.startVersion, .paying] {
            if let value = event[field] { self[field] = value }
        }
        if isRevenue { self[.paying] = "true" }
        if self[.startVersion] == nil { self[.startVersion] = self[.version] }
    }
}
