import Foundation
import NIOCore
import NIOPosix

/// A connection that asks one thing after another and does little more, so that it takes no time from what it measures, also
/// where it is not optimized.
struct QuickClient {
    private let channel: any Channel
    private let answers: NIOLoopBound<Answers>

    static func open(_ address: String) async throws -> QuickClient {
        guard let url = URL(string: address), let host = url.host(), let port = url.port else {
            throw URLError(.badURL)
        }
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let answers = Answers()
                    try channel.pipeline.syncOperations.addHandler(answers)
                    return QuickClient(
                        channel: channel,
                        answers: NIOLoopBound(answers, eventLoop: channel.eventLoop)
                    )
                }
            }
    }

    /// - Returns: the answer's status.
    func ask(_ request: ByteBuffer) async throws -> Int {
        try await channel.eventLoop.flatSubmit {
            let promise = channel.eventLoop.makePromise(of: Int.self)
            answers.value.wait(promise)
            channel.writeAndFlush(request, promise: nil)
            return promise.futureResult
        }.get()
    }

    func close() async throws { try await channel.close() }

    private final class Answers: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private var received = ByteBuffer()
        private var waiter: EventLoopPromise<Int>?
        /// Bytes and status of the answer before: most are as long.
        private var last = (length: 0, status: 0)

        func wait(_ promise: EventLoopPromise<Int>) { waiter = promise }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var part = unwrapInboundIn(data)
            received.writeBuffer(&part)
            if received.readableBytes == last.length,
                received.getString(at: received.readerIndex, length: 12) == "HTTP/1.1 \(last.status)"
            {
                received.clear()
            } else {
                guard let (answer, length) = RawAnswer.first(in: Array(buffer: received), hasBody: true) else { return }
                received.moveReaderIndex(forwardBy: length)
                last = (length, answer.status)
            }
            waiter?.succeed(last.status)
            waiter = nil
        }

        func channelInactive(context: ChannelHandlerContext) {
            waiter?.fail(ChannelError.eof)
            waiter = nil
        }
    }
}
