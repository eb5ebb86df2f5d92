import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import HTTPConnections

/// A connection without a socket: bytes in, bytes out, and a clock that the test moves.
final class TestConnection {
    let connections: Connections
    let server = TestRoutes()
    private let wire = Wire()
    private let channel = EmbeddedChannel()
    private var unread = ""

    /// - Parameter connections: shared with others, if they are to get into each other's way.
    init(_ connections: Connections = TestConnection.shared()) throws {
        self.connections = connections
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
        try pipeline.guardWith(connections, now: channel.eventLoop.now)
        try pipeline.addHandler(wire, position: .first)
        try pipeline.addHandler(server)
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.7", port: 4_000)).wait()
        channel.read()
    }

    static func shared(
        bytes: Int = 1 << 20,
        connections: Int = 100,
        proxies: TrustedProxies = .none
    ) -> Connections {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return Connections(bytes: bytes, connections: connections, proxies: proxies, logger: logger) { refusal, path in
            RefusalAnswer(status: 499, headers: [("X-Why", "test")], body: "\(refusal.code) at \(path ?? "nowhere")")
        }
    }

    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) throws {
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        channel.embeddedEventLoop.run()
    }

    /// The client closes its sending side.
    func sendEnd() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        channel.embeddedEventLoop.run()
    }

    func wait(seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

    /// What others asked of this connection from their threads is done.
    func run() { channel.embeddedEventLoop.run() }

    func stop() { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }

    func wantBody() throws { try channel.triggerUserOutboundEvent(BodyIsWanted()).wait() }

    /// What came out since the last look.
    func received() throws -> String {
        var text = unread
        unread = ""
        while let part = try channel.readOutbound(as: IOData.self) {
            if case .byteBuffer(let buffer) = part { text += String(buffer: buffer) }
        }
        return text
    }

    /// Whether the client sees the end of what the server sends.
    var isEnded: Bool { wire.isEnded || isClosed }
    var isClosed: Bool { !channel.isActive }
    var handler: ConnectionHandler {
        get throws { try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self) }
    }
}

/// Half of a connection can be closed only where there is a socket, so this keeps that in mind.
private final class Wire: ChannelOutboundHandler {
    typealias OutboundIn = NIOAny

    private(set) var isEnded = false

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        isEnded = true
        promise?.succeed()
    }
}

/// What the server's routes see of a connection, and what they do.
final class TestRoutes: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private(set) var heads: [HTTPRequestHead] = []
    private(set) var body = 0
    private(set) var ends = 0
    private(set) var errors: [any Error] = []
    /// Whether they take what comes; otherwise they are busy.
    var readsOn = true
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): heads.append(head)
        case .body(let part): body += part.readableBytes
        case .end: ends += 1
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if readsOn { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { errors.append(error) }

    func answer(_ status: HTTPResponseStatus = .ok, _ body: String = "hello", length: Bool = true) {
        guard let context else { return }
        var head = HTTPResponseHead(version: .http1_1, status: status)
        if length { head.headers.add(name: "Content-Length", value: "\(body.utf8.count)") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
