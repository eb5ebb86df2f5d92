public import Hummingbird
import Logging
import NIOCore

/// A request as an endpoint sees it.
public struct Call: Sendable {
    public let request: Request
    public let parameters: SentParameters
    /// `nil` where the endpoint asks for no role.
    public let caller: Caller?
    /// The sender's address; `nil` where the connection does not tell.
    public let peer: String?
    public let host: any ProjectHost
    /// All that the server can be asked, by path: what was saved is asked again without a request.
    public let questions: [String: AnyQuestion]
    let logger: Logger

    /// The caller's.
    public var project: HostedProject {
        get throws(Failure) {
            guard let caller else { throw .unauthorized }
            return caller.project
        }
    }

    /// The whole body, decompressed.
    ///
    /// - Parameter limit: the most bytes of it.
    public func bytes(limit: Int) async throws(RequestBodyError) -> [UInt8] {
        Array(buffer: try await request.content(limit: limit))
    }

    /// The body's form. Fields that are in the query string count, too.
    ///
    /// - Parameter limit: the most bytes of it.
    public func form(limit: Int) async throws(RequestBodyError) -> (sent: SentForm, fields: SentParameters) {
        let sent = try await request.form(limit: limit)
        return (sent, parameters.with(sent.fields))
    }
}
