/// The largest number given so far of each kind; 0 is none.
public struct RecordCounters: Equatable, Sendable {
    public var user: Int32 = 0
    /// The largest ``AmplitudeID``.
    public var amplitudeID: Int64 = 0
    public var device: Int32 = 0
    public var eventType: Int32 = 0
    public var context: Int32 = 0
    public var propertySet: Int32 = 0
    public var propertyBundle: Int32 = 0

    public init() {}
}
