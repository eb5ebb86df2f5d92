import Foundation

/// An address of either version as its bytes, so that one written in several ways is one.
///
/// `::ffff:192.0.2.1`, as a socket for both versions sees an IPv4 client, is 192.0.2.1.
public struct IPAddress: Hashable, Sendable {
    /// Four or sixteen.
    let bytes: [UInt8]

    /// - Parameter text: `192.0.2.1` or `2001:db8::1`, without a port.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        var four = [UInt8](repeating: 0, count: 4)
        var sixteen = [UInt8](repeating: 0, count: 16)
        // Safe: the C library writes as many bytes as an address of the family has.
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            bytes = four
        } else if unsafe inet_pton(AF_INET6, text, &sixteen) == 1 {
            let isMapped = sixteen.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            bytes = isMapped ? Array(sixteen.suffix(4)) : sixteen
        } else {
            return nil
        }
    }

    /// As it is written in `Forwarded` and `X-Forwarded-For`: also with a port, and IPv6 in brackets.
    init?(hop text: some StringProtocol) {
        let text = text.trimmingBlanks
        if let address = IPAddress(text) {
            self = address
        } else if text.first == "[", let end = text.firstIndex(of: "]") {
            self.init(text[text.index(after: text.startIndex)..<end])
        } else if let colon = text.firstIndex(of: ":"), text[text.index(after: colon)...].allSatisfy(\.isNumber) {
            self.init(text[..<colon])
        } else {
            return nil
        }
    }

    /// Names whoever has the address: a network of IPv6 is one customer's, who has as many addresses in it as they like.
    public var neighborhood: String {
        bytes.count == 4 ? text : bytes[..<8].map { String($0, radix: 16) }.joined(separator: ":") + "/64"
    }

    /// The shortest form.
    public var text: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        // Safe: the C library writes a text that fits into so many bytes.
        _ = unsafe inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension StringProtocol {
    var trimmingBlanks: SubSequence {
        var rest = self[...]
        while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return rest
    }
}
