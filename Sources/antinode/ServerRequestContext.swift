import HTTPEdge
import Hummingbird
import NIOCore

/// What the server keeps beside each request: also the connection, and so where it comes from.
struct ServerRequestContext: ConnectedRequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        remoteAddress = source.channel.remoteAddress
    }
}
