import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A connection to a server on which a test says exactly what it wants, and sees exactly what comes.
final class RawConnection: Sendable {
    private let channel: any Channel
    private let arrivals: Arrivals

    private struct State {
        var received: [UInt8] = []
        var isEnded = false
    }

    /// - Parameter address: of the server, such as `http://127.0.0.1:40000`.
    static func open(_ address: String) async throws -> RawConnection {
        guard let url = URL(string: address), let host = url.host(), let port = url.port else {
            throw URLError(.badURL)
        }
        let arrivals = Arrivals()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(arrivals) }
            }
            .connect(host: host, port: port).get()
        return RawConnection(channel, arrivals)
    }

    private init(_ channel: any Channel, _ arrivals: Arrivals) {
        self.channel = channel
        self.arrivals = arrivals
    }

    deinit { channel.close(promise: nil) }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Sends without waiting for the other side to take it.
    func sendInPassing(_ bytes: ByteBuffer) {
        channel.writeAndFlush(bytes, promise: nil)
    }

    /// Tells the other side that nothing more comes.
    func sendEnd() async throws { try await channel.close(mode: .output) }

    func close() async { try? await channel.close() }

    /// What has come so far, and is not taken.
    var text: String { String(decoding: arrivals.state.withLock { $0.received }, as: UTF8.self) }

    /// Whether the other side has closed, in either way.
    var isEnded: Bool { arrivals.state.withLock { $0.isEnded } }

    /// Takes the next answer.
    ///
    /// - Parameter hasBody: not one to HEAD, nor 100.
    func answer(hasBody: Bool = true, within limit: Duration = .seconds(20)) async throws -> RawAnswer {
        let deadline = ContinuousClock.now + limit
        while true {
            if let answer = takeAnswer(hasBody: hasBody) { return answer }
            guard !isEnded, ContinuousClock.now < deadline else {
                if let answer = takeAnswer(hasBody: hasBody) { return answer }
                throw TimedOut(description: "No whole answer came, but \(text.prefix(500)); ended: \(isEnded)")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func takeAnswer(hasBody: Bool) -> RawAnswer? {
        arrivals.state.withLock { state in
            guard let (answer, length) = RawAnswer.first(in: state.received, hasBody: hasBody) else { return nil }
            state.received.removeFirst(length)
            return answer
        }
    }

    /// Waits for the other side to close.
    ///
    /// - Returns: whether it did.
    func ends(within limit: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while !isEnded {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(5))
        }
        return true
    }

    /// Asks and takes the answer.
    func ask(_ request: String, hasBody: Bool = true) async throws -> RawAnswer {
        try await send(request)
        return try await answer(hasBody: hasBody)
    }

    /// Gathers what comes.
    private final class Arrivals: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let state = Mutex(State())

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = Array(buffer: unwrapInboundIn(data))
            state.withLock { $0.received += bytes }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed { state.withLock { $0.isEnded = true } }
        }

        func channelInactive(context: ChannelHandlerContext) { state.withLock { $0.isEnded = true } }
    }
}

/// An answer as it came.
struct RawAnswer: CustomStringConvertible {
    var status: Int
    /// Names in small letters.
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var description: String { "\(status) \(headers) \(text.prefix(300))" }

    subscript(header: String) -> String? { headers.first { $0.name == header }?.value }

    /// The first whole answer of what came, and how many bytes it takes.
    static func first(in bytes: [UInt8], hasBody: Bool) -> (RawAnswer, Int)? {
        let gap = Array("\r\n\r\n".utf8)
        guard let end = bytes.firstIndex(of: gap, from: 0) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (
                name: parts[0].lowercased(),
                value: parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
            )
        }
        var answer = RawAnswer(status: status, headers: headers, body: [])
        let begin = end + gap.count
        if !hasBody || status == 100 || status == 204 { return (answer, begin) }
        if answer["transfer-encoding"] == "chunked" {
            var index = begin
            while true {
                guard let line = bytes.firstIndex(of: Array("\r\n".utf8), from: index),
                    let size = Int(String(decoding: bytes[index..<line], as: UTF8.self), radix: 16),
                    bytes.count >= line + 2 + size + 2
                else { return nil }
                answer.body += bytes[line + 2..<line + 2 + size]
                index = line + 2 + size + 2
                if size == 0 { return (answer, index) }
            }
        }
        let length = answer["content-length"].flatMap { Int($0) } ?? 0
        guard bytes.count >= begin + length else { return nil }
        answer.body = Array(bytes[begin..<begin + length])
        return (answer, begin + length)
    }
}

extension [UInt8] {
    fileprivate func firstIndex(of part: [UInt8], from start: Int) -> Int? {
        guard count >= part.count, start <= count - part.count else { return nil }
        return (start...count - part.count).first { self[$0..<$0 + part.count].elementsEqual(part) }
    }
}

/// Requests as text.
enum RawRequest {
    static func get(_ path: String, _ headers: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n\(headers)\r\n"
    }

    static func post(_ path: String, _ body: String, _ headers: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
    }

    /// An event, to be sent to `/2/httpapi` or `/batch`.
    static func event(_ keys: ProjectKeys, _ type: String = "Good", user: String = "good-user") -> String {
        #"{"api_key":"\#(keys.apiKey)","events":[{"user_id":"\#(user)","event_type":"\#(type)"}]}"#
    }

    static func credentials(_ keys: ProjectKeys) -> String {
        "Authorization: Basic \(Data("\(keys.apiKey):\(keys.secretKey)".utf8).base64EncodedString())\r\n"
    }
}
