import Hummingbird

extension Call {
    /// Whether the client would rather have a table as CSV than JSON.
    public var prefersCSV: Bool { AcceptedTypes(request.headers[.accept]).prefersCSV }
}
