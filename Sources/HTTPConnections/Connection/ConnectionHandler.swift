import NIOCore
import NIOHTTP1

/// Stands between HTTP's parser and everything else, on each connection: keeps the time, counts what bodies hold, and
/// answers what nobody behind it can answer.
///
/// ``ConnectionState`` decides; this does it. What the server's routes write for a request that was refused here is
/// dropped, as their answer would be the second.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let connections: Connections
    private var state: ConnectionState
    private var id: ConnectionRoster.ID = 0
    /// Who sent the request that is coming in.
    private var sender = ""
    private var timer: (task: Scheduled<Void>, due: NIODeadline)?
    /// Of those who want to close a connection whose client is still to read its last answer.
    private var closing: [EventLoopPromise<Void>] = []

    /// Parts of an answer larger than this are written piece by piece, so that it shows whether the client takes them.
    private static let piece = 256 << 10

    init(_ connections: Connections, now: NIODeadline) {
        self.connections = connections
        state = ConnectionState(connections.limits, now: now)
    }

    // MARK: Begin and end

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        let box = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        id = connections.open(
            Connections.Door(
                leave: { channel.eventLoop.execute { box.value.handler.leave(box.value.context) } },
                refuse: { request, why in
                    channel.eventLoop.execute { box.value.handler.refuse(request, why, box.value.context) }
                }
            ),
            now: context.eventLoop.now
        )
        setTimer(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    private func end() {
        state.close()
        timer?.task.cancel()
        timer = nil
        for exchange in state.exchanges { connections.release(bodyID(exchange.number)) }
        connections.close(id)
        for promise in closing { promise.succeed() }
        closing = []
    }

    private func bodyID(_ number: Int) -> BodyLedger.BodyID {
        BodyLedger.BodyID(connection: id, request: number)
    }

    // MARK: What comes in

    /// Bytes that the parser gets next.
    func bytesCame(_ bytes: ByteBufferView, now: NIODeadline) {
        state.bytesCame(bytes, now: now)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state.isListening else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            state.headCame(head)
            if let codings = head.headers.first(name: "Transfer-Encoding"), codings.lowercased() != "chunked" {
                // Nobody has seen this request, so nobody waits for its body.
                return refuse(.transferCoding, context)
            }
            if state.exchanges.last?.missing != 0 {
                connections.note(id, .sending, now: context.eventLoop.now)
                let peer = context.remoteAddress?.ipAddress
                sender = connections.proxies.sender(head.headers.lazy.map { ($0.name, $0.value) }, peer: peer) ?? ""
            }
            context.fireChannelRead(data)
        case .body(let part):
            state.bodyCame(part.readableBytes)
            if let number = state.readingNumber {
                let now = context.eventLoop.now
                connections.grow(bodyID(number), by: part.readableBytes, from: sender, now: now)
            }
            context.fireChannelRead(data)
        case .end:
            if let number = state.readingNumber {
                connections.bytes.finish(bodyID(number))
                connections.note(id, .beingAnswered, now: context.eventLoop.now)
            }
            state.endCame(now: context.eventLoop.now)
            if state.isIdle { connections.note(id, .waiting, now: context.eventLoop.now) }
            context.fireChannelRead(data)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        state.readEnded()
        context.fireChannelReadComplete()
        // Nobody else reads what is thrown away.
        if state.isEnding { context.read() }
        setTimer(context)
    }

    func read(context: ChannelHandlerContext) {
        state.readBegan(now: context.eventLoop.now)
        context.read()
        if state.isReading { setTimer(context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as HTTPParserError:
            refuse(ConnectionRefusal(error, start: state.unreadStart), context)
        case is ByteToMessageDecoderError:
            // What comes after bytes that could not be parsed.
            break
        default: context.fireErrorCaught(error)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            state.stop(now: context.eventLoop.now)
            setTimer(context)
        case ChannelEvent.inputClosed where state.isEnding && state.phase != .finishing:
            // The client has read the last answer.
            return closeNow(context)
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: What goes out

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyIsWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if state.mayContinue() {
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: promise)
        } else {
            promise?.succeed()
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            guard state.answerBegins(&head) else { break }
            return context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let body):
            guard let exchange = state.answering, !exchange.isHead else { break }
            return write(body, context, promise)
        case .end:
            guard let exchange = state.answering else { break }
            return end(exchange, data, context, promise)
        }
        promise?.succeed()
    }

    private func write(_ body: IOData, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        guard case .byteBuffer(var rest) = body, rest.readableBytes > Self.piece else {
            return context.write(wrapOutboundOut(.body(body)), promise: promise)
        }
        while let piece = rest.readSlice(length: min(Self.piece, rest.readableBytes)), piece.readableBytes > 0 {
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenSuccess { self.state.wroteSome(now: context.eventLoop.now) }
            if rest.readableBytes == 0 { written.futureResult.cascade(to: promise) }
            context.write(wrapOutboundOut(.body(.byteBuffer(piece))), promise: written)
        }
    }

    private func end(
        _ exchange: Exchange,
        _ data: NIOAny,
        _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>?
    ) {
        connections.release(bodyID(exchange.number))
        // A body that HEAD is not to have would also end in a last chunk.
        let end = exchange.isHead ? wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))) : data
        switch state.answerEnded(now: context.eventLoop.now) {
        case .goOn:
            context.write(end, promise: promise)
            if state.isIdle { connections.note(id, .waiting, now: context.eventLoop.now) }
        case .finish:
            finish(end, context, promise)
        case .refuse(let why, let path, let isHead):
            context.write(end, promise: promise)
            answer(why, path: path, isHead: isHead, context)
        }
        setTimer(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        state.writability(context.channel.isWritable, now: context.eventLoop.now)
        setTimer(context)
        context.fireChannelWritabilityChanged()
    }

    // MARK: The last words

    /// Others make room for somebody.
    private func leave(_ context: ChannelHandlerContext) {
        guard state.phase == .open else { return }
        if state.isIdle {
            closeNow(context)
        } else if state.isReading {
            refuse(.tooManyConnections, context)
        }
    }

    /// - Parameter request: nothing happens if that is no longer coming in.
    private func refuse(_ request: Int, _ why: ConnectionRefusal, _ context: ChannelHandlerContext) {
        if state.readingNumber == request { refuse(why, context) }
    }

    private func refuse(_ why: ConnectionRefusal, _ context: ChannelHandlerContext) {
        guard state.isListening else { return }
        let isBodyAwaited = state.readingNumber != nil
        connections.measures.refused(why)
        switch state.refuse(why) {
        case .answer(let path, let isHead): answer(why, path: path, isHead: isHead, context)
        case .later: break
        case .close: closeNow(context)
        }
        // Whoever reads the body must not take what has come for all of it.
        if isBodyAwaited { context.fireErrorCaught(why) }
        setTimer(context)
    }

    private func answer(_ why: ConnectionRefusal, path: String?, isHead: Bool, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        let answer = connections.answer(why, path)
        var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status))
        head.headers.add(name: "Content-Length", value: "\(answer.body.utf8.count)")
        head.headers.add(name: "Connection", value: "close")
        for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
        state.finish()
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !isHead { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil) }
        finish(wrapOutboundOut(.end(nil)), context, nil)
    }

    /// Writes the end of the last answer; the client is told that nothing follows, and has some time to read it.
    private func finish(_ end: NIOAny, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.cascade(to: promise)
        written.futureResult.assumeIsolated().whenComplete { _ in
            guard context.channel.isActive else { return }
            self.state.linger(now: context.eventLoop.now)
            context.close(mode: .output, promise: nil)
            // What comes is thrown away, but it has to come: see `channelReadComplete`.
            context.read()
            self.setTimer(context)
        }
        context.writeAndFlush(end, promise: written)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .all where state.isEnding:
            // At once would be a reset for a client that still sends: it would not see the answer.
            if let promise { closing.append(promise) }
        case .output where state.isEnding: promise?.succeed()
        default: context.close(mode: mode, promise: promise)
        }
    }

    private func closeNow(_ context: ChannelHandlerContext) {
        state.close()
        context.close(mode: .all, promise: nil)
    }

    // MARK: Time

    private func setTimer(_ context: ChannelHandlerContext) {
        guard let deadline = state.deadline else { return }
        // One that rings too early is set anew then; that is cheaper than to set one with every byte.
        if let timer, timer.due <= deadline { return }
        timer?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timeIsUp(context) }
        timer = (task, deadline)
    }

    private func timeIsUp(_ context: ChannelHandlerContext) {
        timer = nil
        switch state.expired(now: context.eventLoop.now) {
        case .nothing: break
        case .close: closeNow(context)
        case .refuse(let why): refuse(why, context)
        }
        setTimer(context)
    }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}

/// Tells a connection that its request's body is going to be read: a client that waits for that is told to send it.
public struct BodyIsWanted: Sendable {
    public init() {}
}
