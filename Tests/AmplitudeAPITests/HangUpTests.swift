import AmplitudeAPI
import HTTPEdge
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Testing

/// A context like the server's.
private struct Context: ConnectedRequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// What clients do, over real sockets, while a query runs.
///
/// Each step waits its turn among all tests that run beside it, so nothing here depends on how long one takes.
@Suite(.timeLimit(.minutes(10))) struct HangUpTests {
    /// What a query saw of itself.
    private enum Sight: Equatable { case began, cancelled, undisturbed }

    @Test("a client that hangs up ends its query, and gives its place to the next one", arguments: [true, false])
    func hangUp(closesBothSides: Bool) async throws {
        let (sights, see) = AsyncStream<Sight>.makeStream()
        var rules = QueryLimitRules()
        rules.requestsAtOnce = 1
        let limits = QueryLimits(rules)
        let (gate, open) = AsyncStream<Void>.makeStream()
        defer { open.finish() }
        let server = try TestServer(queryLimits: limits) {
            see.yield(.began)
            // Ends when the task is cancelled.
            for await _ in gate {}
            see.yield(Task.isCancelled ? .cancelled : .undisturbed)
        }
        try await serve(server) { port in
            var iterator = sights.makeAsyncIterator()
            let client = try await connect(port)
            try await client.writeAndFlush(request)
            #expect(await iterator.next() == .began)
            try await client.close(mode: closesBothSides ? .all : .output)
            #expect(await iterator.next() == .cancelled)
            // Its task is at its end now, but perhaps not past it.
            while (try? await limits.run(QueryCost(.other, days: 1)) {}) == nil {
                try await Task.sleep(for: .milliseconds(1))
            }
            try? await client.close()
        }
    }

    @Test("a client that stays gets its answers, one after another on the same connection")
    func staysConnected() async throws {
        let (sights, see) = AsyncStream<Sight>.makeStream()
        let server = try TestServer { see.yield(Task.isCancelled ? .cancelled : .undisturbed) }
        try await serve(server) { port in
            var iterator = sights.makeAsyncIterator()
            let (text, receive) = AsyncStream<String>.makeStream()
            let client = try await connect(port, receive)
            var answers = text.makeAsyncIterator()
            for _ in 1...3 {
                try await client.writeAndFlush(request)
                #expect(await iterator.next() == .undisturbed)
                var answer = await answers.next() ?? ""
                while !answer.hasSuffix("}}") { answer += await answers.next() ?? "}}" }
                #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
            }
            try await client.close()
        }
    }

    @Test("a hang-up between two requests on a connection of its own harms nobody else's")
    func others() async throws {
        let (sights, see) = AsyncStream<Sight>.makeStream()
        let (gate, open) = AsyncStream<Void>.makeStream()
        let server = try TestServer {
            see.yield(.began)
            for await _ in gate {}
            see.yield(Task.isCancelled ? .cancelled : .undisturbed)
        }
        try await serve(server) { port in
            var iterator = sights.makeAsyncIterator()
            let (text, receive) = AsyncStream<String>.makeStream()
            let client = try await connect(port, receive)
            try await client.writeAndFlush(request)
            #expect(await iterator.next() == .began)
            try await connect(port).close()
            open.finish()
            #expect(await iterator.next() == .undisturbed)
            for await answer in text {
                #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
                break
            }
            try await client.close()
        }
    }

    private var request: ByteBuffer {
        let query = "start=20240228&end=20240301&e=%7B%22event_type%22:%22_active%22%7D"
        return ByteBuffer(
            string: "GET /api/2/events/segmentation?\(query) HTTP/1.1\r\nHost: localhost\r\n"
                + "Authorization: \(TestServer.credentials)\r\n\r\n"
        )
    }

    /// Runs the API on a free port of this machine, with the same connection handlers as the server.
    private func serve(_ server: TestServer, _ test: @escaping @Sendable (Int) async throws -> Void) async throws {
        let router = Router(context: Context.self)
        API(server, families: Family.amplitude()).add(to: router)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (ports, running) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: router,
            server: .http1(configuration: .init(additionalChannelHandlers: [HangUpHandler()])),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { running.yield($0.localAddress?.port ?? 0) },
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask {
                for await port in ports {
                    try await test(port)
                    break
                }
            }
            // Whichever ends first: the test, or a server that could not start.
            _ = try await group.next()
            group.cancelAll()
        }
    }

    private func connect(_ port: Int, _ receive: AsyncStream<String>.Continuation? = nil) async throws -> any Channel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Receiver(receive))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }
}

/// Passes on what comes, as text.
private final class Receiver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let receive: AsyncStream<String>.Continuation?

    init(_ receive: AsyncStream<String>.Continuation?) { self.receive = receive }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        receive?.yield(String(buffer: unwrapInboundIn(data)))
    }
}
