/// Proxies whose word about a request's sender is believed. Source: Documentation/http.md H23.
public struct TrustedProxies: Hashable, Sendable {
    private let ranges: [AddressRange]

    public init(_ ranges: [AddressRange]) {
        self.ranges = ranges
    }

    /// Nobody's.
    public static let none = TrustedProxies([])

    /// Whether what a peer says is believed.
    public func trust(peer: String?) -> Bool {
        guard !ranges.isEmpty, let address = peer.flatMap({ IPAddress($0) }) else { return false }
        return trust(address)
    }

    private func trust(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

    /// Where a request comes from: the last address in `X-Forwarded-For`, or else in `Forwarded`, that is no trusted
    /// proxy; the first if all are. Each proxy adds the address from which it got the request at the end, so what stands
    /// before the last strange one may be made up.
    ///
    /// - Parameter peer: the other end of the connection.
    /// - Returns: the peer if that is no trusted proxy, or says nothing.
    public func sender(_ headers: some Sequence<(String, String)>, peer: String?) -> String? {
        guard trust(peer: peer) else { return peer }
        var sender = peer
        for hop in hops(headers).reversed() {
            // `unknown` and names that a proxy made up end what is known.
            guard let hop else { break }
            sender = hop.text
            if !trust(hop) { break }
        }
        return sender
    }

    /// Whether the sender speaks https:// to a trusted proxy, by `X-Forwarded-Proto`, or else by `Forwarded`.
    public func isSecure(_ headers: some Sequence<(String, String)>, peer: String?) -> Bool {
        guard trust(peer: peer) else { return false }
        let headers = Array(headers)
        let plain = Self.values("x-forwarded-proto", headers, Self.atCommas).last.map { String($0.trimmingBlanks) }
        let scheme = plain ?? Self.elements(headers).last?.scheme
        return scheme?.lowercased() == "https"
    }

    /// - Returns: `nil` for a hop without an address.
    private func hops(_ headers: some Sequence<(String, String)>) -> [IPAddress?] {
        let headers = Array(headers)
        let plain = Self.values("x-forwarded-for", headers, Self.atCommas)
        if !plain.isEmpty { return plain.map { IPAddress(hop: $0) } }
        return Self.elements(headers).map { $0.sender.flatMap { IPAddress(hop: $0) } }
    }

    private static func elements(_ headers: [(String, String)]) -> [ForwardedElement] {
        values("forwarded", headers) { ForwardedElement.split($0, at: ",") }.map { ForwardedElement($0) }
    }

    /// What stands between commas, over all headers of that name.
    private static func values(
        _ name: String,
        _ headers: [(String, String)],
        _ split: (String) -> [Substring]
    ) -> [Substring] {
        headers.filter { $0.0.lowercased() == name }.flatMap { split($0.1) }.filter { !$0.trimmingBlanks.isEmpty }
    }

    /// Quotes mean nothing here, whoever sent them.
    private static func atCommas(_ text: String) -> [Substring] { text.split(separator: ",") }
}
