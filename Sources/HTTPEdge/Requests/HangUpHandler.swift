public import Hummingbird
public import NIOCore
import Synchronization

/// Notices that the client of a connection goes away while its request is being answered. Belongs into each connection's
/// pipeline; Hummingbird itself notices only when it writes the answer.
///
/// A client that closes only its sending side looks the same as one that is gone, so it counts as gone, as it does for
/// nginx and Go's net/http.
public final class HangUpHandler: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    public typealias InboundIn = Any

    private struct State {
        var isGone = false
        var whenGone: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    public init() {}

    /// Calls `action` once when the client goes away, at once if it has; `nil` calls off what was asked for. A connection
    /// answers one request after another, so there is one action.
    func whenGone(_ action: (@Sendable () -> Void)?) {
        let isGone = state.withLock { state in
            state.whenGone = state.isGone ? nil : action
            return state.isGone
        }
        if isGone { action?() }
    }

    private func clientIsGone() {
        let action = state.withLock { state in
            state.isGone = true
            return state.whenGone.take()
        }
        action?()
    }

    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { clientIsGone() }
        context.fireUserInboundEventTriggered(event)
    }

    public func channelInactive(context: ChannelHandlerContext) {
        clientIsGone()
        context.fireChannelInactive()
    }
}

/// A context that knows its request's connection.
public protocol ConnectedRequestContext: RequestContext {
    var channel: any Channel { get }
}

extension RequestContext {
    /// Runs `body` in a task that is cancelled when the client hangs up, if the connection has a ``HangUpHandler``.
    public func untilHangUp<Answer: Sendable>(_ body: @escaping @Sendable () async -> Answer) async -> Answer {
        guard let channel = (self as? any ConnectedRequestContext)?.channel,
            let handler = try? await channel.pipeline.handler(type: HangUpHandler.self).get()
        else { return await body() }
        let task = Task { await body() }
        handler.whenGone { task.cancel() }
        defer { handler.whenGone(nil) }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
