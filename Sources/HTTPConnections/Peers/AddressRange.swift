/// Addresses that begin alike, such as `10.0.0.0/8`.
public struct AddressRange: Hashable, Sendable {
    private let first: IPAddress
    /// As many bits are alike.
    private let bits: Int

    /// - Parameter text: `10.0.0.0/8`, `fd00::/8`, or one address.
    public init?(_ text: some StringProtocol) {
        let parts = text.trimmingBlanks.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first.flatMap({ IPAddress($0) }) else { return nil }
        let most = first.bytes.count * 8
        guard let bits = parts.count == 1 ? most : Int(parts[1]), (0...most).contains(bits) else { return nil }
        self.first = first
        self.bits = bits
    }

    public func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == first.bytes.count else { return false }
        let (whole, rest) = bits.quotientAndRemainder(dividingBy: 8)
        guard address.bytes.prefix(whole) == first.bytes.prefix(whole) else { return false }
        guard rest > 0 else { return true }
        return (address.bytes[whole] ^ first.bytes[whole]) >> UInt8(8 - rest) == 0
    }
}
