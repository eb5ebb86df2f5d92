public import Accounts
public import Hummingbird
import Logging
import NIOCore

/// A request as an endpoint sees it.
public struct Call: Sendable {
    public let request: Request
    public let parameters: SentParameters
    /// `nil` where the endpoint asks for no role.
    public let caller: Caller?
    /// The address of who sent it, which may not be the connection's other end: that may be a trusted proxy. `nil` where
    /// the connection does not tell.
    public let sender: String?
    public let host: any ProjectHost
    /// All that the server can be asked, by path: what was saved is asked again without a request.
    public let questions: [String: AnyQuestion]
    /// Whether the sender speaks https://, as far as a trusted proxy tells.
    public let isSecure: Bool
    /// Who is signed in; `nil` where the endpoint does not ask for it, and for keys.
    public var person: Person? = nil
    /// `nil` where nobody can sign in.
    public var accountService: AccountService? = nil
    let logger: Logger
    /// What it holds of the memory for bodies that are worked on.
    let work: BodyWork

    /// The caller's.
    public var project: HostedProject {
        get throws(Failure) {
            guard let caller else { throw .unauthorized }
            return caller.project
        }
    }

    /// - Throws: where nobody can sign in.
    public var accounts: AccountService {
        get throws(Failure) {
            guard let accountService else { throw .noAccounts }
            return accountService
        }
    }

    /// Who asks, for the audit.
    public var author: Author {
        Author(person?.id.text ?? caller?.name ?? "nobody", from: sender)
    }

    /// The whole body, decompressed.
    ///
    /// - Parameter limit: the most bytes of it.
    public func bytes(limit: Int) async throws(RequestBodyError) -> [UInt8] {
        Array(buffer: try await content(limit: limit))
    }

    /// The body's form. Fields that are in the query string count, too.
    ///
    /// - Parameter limit: the most bytes of it.
    public func form(limit: Int) async throws(RequestBodyError) -> (sent: SentForm, fields: SentParameters) {
        let sent = try await sentForm(limit: limit)
        return (sent, parameters.with(sent.fields))
    }

    /// The same, of a form that is refused before the rest has come if nobody has its key.
    ///
    /// - Parameters:
    ///   - name: the key's field.
    ///   - check: sees the key if that stands in the query string or is the first field.
    /// - Throws: ``RequestBodyError``, or what `check` throws.
    public func form(
        limit: Int,
        key name: String,
        check: (String) async throws -> Void
    ) async throws -> (sent: SentForm, fields: SentParameters) {
        let content = try await content(limit: limit) { beginning in
            let fields = beginning.split(separator: UInt8(ascii: "&"), maxSplits: 1)
            let first =
                fields.count > 1 ? FormFields(urlEncoded: String(decoding: fields[0], as: UTF8.self))[name] : nil
            if let key = parameters[name] ?? first { try await check(key) }
        }
        let sent = sentForm(content)
        return (sent, parameters.with(sent.fields))
    }
}
