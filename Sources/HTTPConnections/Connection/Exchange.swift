import NIOHTTP1

/// A request whose answer is not out yet.
struct Exchange {
    /// Counts the requests of a connection.
    let number: Int
    /// As it was sent, without the query.
    let path: String
    /// Asked with HEAD: the answer has no body.
    let isHead: Bool
    /// HTTP/1.0: no chunks in the answer, and no further request unless both sides say so.
    let isOld: Bool
    /// Whether the client wants to send more on this connection, and can.
    let keepsAlive: Bool
    /// The client holds its body back until it is told to go on.
    var awaitsContinue: Bool
    /// Bytes of the body that have not come yet; `nil` where it comes in chunks.
    var missing: Int?
    /// All of it has come.
    var isRead = false
    var isAnswerBegun = false
    /// The connection ends with this answer.
    var isLast = false

    init(_ head: HTTPRequestHead, number: Int) {
        self.number = number
        path = String(head.uri.prefix { $0 != "?" })
        isHead = head.method == .HEAD
        isOld = head.version.minor == 0
        let isChunked = head.headers.contains(name: "Transfer-Encoding")
        missing = isChunked ? nil : head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
        // After these the parser reads no further request from the connection.
        let switchesProtocol = head.method == .CONNECT || head.headers.contains(name: "Upgrade")
        keepsAlive = head.isKeepAlive && !switchesProtocol
        awaitsContinue =
            !isOld && missing != 0
            && head.headers[canonicalForm: "Expect"].contains { $0.lowercased() == "100-continue" }
    }

    /// Whether so much of the body is still to come that nobody should wait for it once the answer is known.
    func isFarFromRead(_ limits: ConnectionLimits) -> Bool {
        guard !isRead else { return false }
        return awaitsContinue || missing.map { $0 > limits.readAfterAnswer } ?? true
    }
}
