/// What a request to each of the JSON endpoints may bring.
public struct RequestLimits: Sendable {
    public var httpV2: IngestionLimits
    public var batch: IngestionLimits

    public init(httpV2: IngestionLimits = .httpV2, batch: IngestionLimits = .batch) {
        self.httpV2 = httpV2
        self.batch = batch
    }
}
