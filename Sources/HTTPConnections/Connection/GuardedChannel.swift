public import HummingbirdCore
import Logging
public import NIOCore
import NIOHTTP1

extension HTTPServerBuilder {
    /// A server of HTTP/1.1 and HTTP/1.0 on which no client can keep others waiting.
    ///
    /// - Parameter handlers: further ones for each connection, behind HTTP's parser.
    public static func guarded(
        by connections: Connections,
        handlers: @escaping @Sendable () -> [any RemovableChannelHandler] = { [] }
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            GuardedChannel(
                plain: HTTP1Channel(
                    responder: responder,
                    configuration: HTTP1Channel.Configuration(additionalChannelHandlers: handlers())
                ),
                connections: connections
            )
        }
    }
}

/// Hummingbird's connection, with ``ConnectionHandler`` next to HTTP's parser.
struct GuardedChannel: ServerChildChannel {
    let plain: HTTP1Channel
    let connections: Connections

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        let connections = connections
        return plain.setup(channel: channel, logger: logger).flatMapThrowing { value in
            try channel.pipeline.syncOperations.guardWith(connections, now: channel.eventLoop.now)
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await plain.handle(value: value, logger: logger)
    }
}

extension ChannelPipeline.SynchronousOperations {
    /// Puts a ``ConnectionHandler`` behind the parser that is there.
    func guardWith(_ connections: Connections, now: NIODeadline) throws {
        let parser = try handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        let handler = ConnectionHandler(connections, now: now)
        try addHandler(handler, position: .after(parser))
        try addHandler(BytesHandler(handler), position: .first)
    }
}

/// Shows a connection's bytes to its ``ConnectionHandler`` before they are parsed.
private final class BytesHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let handler: ConnectionHandler

    init(_ handler: ConnectionHandler) {
        self.handler = handler
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        handler.bytesCame(unwrapInboundIn(data).readableBytesView, now: context.eventLoop.now)
        context.fireChannelRead(data)
    }
}

/// Belongs at the front of the server's own socket: notices that nobody more can be accepted. NIO tries again by itself.
public final class AcceptFailureHandler: ChannelInboundHandler, Sendable {
    public typealias InboundIn = Any

    private let connections: Connections

    public init(_ connections: Connections) {
        self.connections = connections
    }

    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is IOError { connections.failedToAccept(error, now: context.eventLoop.now) }
        context.fireErrorCaught(error)
    }
}
