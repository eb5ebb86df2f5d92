import Foundation

/// A blocking keep-alive connection to this machine that looks at no more of an answer than it must: the load's cost is
/// not to count as the server's.
struct HTTPConnection: ~Copyable {
    private let socket: Int32
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    init(port: UInt16) throws {
        #if os(Linux)
        let stream = Int32(SOCK_STREAM.rawValue)
        #else
        let stream = SOCK_STREAM
        #endif
        socket = Foundation.socket(AF_INET, stream, 0)
        guard socket >= 0 else { throw Failed(description: "No socket: error \(errno).") }
        var isOn: Int32 = 1
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // Safe: each call reads the value it is given, with its size, before it returns.
        _ = unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
        _ = unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(socket, $0, size) }
        }
        guard result == 0 else { throw Failed(description: "No connection to port \(port): error \(errno).") }
    }

    deinit { close(socket) }

    /// Sends a request and waits for its answer, at most a minute.
    mutating func exchange(_ request: [UInt8]) throws -> HTTPAnswer {
        var sent = 0
        while sent < request.count {
            // Safe: the pointer is used within the call, and not beyond the array.
            let count = unsafe request.withUnsafeBytes { bytes in
                unsafe send(socket, bytes.baseAddress! + sent, bytes.count - sent, 0)
            }
            guard count > 0 else { throw Failed(description: "Sending failed: error \(errno).") }
            sent += count
        }
        var received: [UInt8] = []
        while true {
            // Safe: as above.
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(socket, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { throw Failed(description: "No answer came: \(count), error \(errno).") }
            received += buffer[..<count]
            if let answer = HTTPAnswer(received) { return answer }
        }
    }
}

struct HTTPAnswer: CustomStringConvertible {
    var status: Int
    var body: [UInt8]

    var description: String { "\(status): \(String(decoding: body.prefix(500), as: UTF8.self))" }

    /// `nil` while some of it is missing. Source: RFC 9112; the length must be announced.
    init?(_ bytes: [UInt8]) {
        var length = 0
        var lineStart = 0
        while let lineEnd = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\r")), lineEnd + 1 < bytes.count {
            if lineEnd == lineStart {
                body = Array(bytes[(lineEnd + 2)...])
                status = Self.number(bytes[9..<12])
                if body.count < length { return nil }
                return
            }
            if lineEnd - lineStart > Self.lengthName.count,
                zip(bytes[lineStart...], Self.lengthName).allSatisfy({ $0 | 0x20 == $1 | 0x20 })
            {
                length = Self.number(bytes[(lineStart + Self.lengthName.count)..<lineEnd])
            }
            lineStart = lineEnd + 2
        }
        return nil
    }

    private static let lengthName = Array("content-length:".utf8)

    private static func number(_ text: ArraySlice<UInt8>) -> Int {
        text.reduce(0) { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($1) ? $0 * 10 + Int($1 - 48) : $0 }
    }
}
