/// Which record it is: made up when the record is, and never changed. A record that is copied is the same one.
public struct RecordID: Hashable, Sendable {
    /// 32 hexadecimal digits.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }
}
