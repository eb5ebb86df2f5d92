import AmplitudeAPI
import EventModel
import Foundation
import HTTPConnections
import Hummingbird
import Logging
import MetricsAPI
import NIOCore
import OperationsAPI
import ProjectHosting
import ProjectStore
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Accounts
@testable import HTTPEdge

/// The server's routes over two projects and real accounts, without a socket: what a request calls the server, and where it
/// comes from, is said by each.
final class AccountServer: Sendable {
    let folder: TemporaryFolder
    let house: ProjectHouse
    let store: AccountStore
    let service: AccountService
    let projects: [Project]
    let clock = Clock()
    private let responder: any HTTPResponder<Context>

    /// 2024-03-01T12:00:00Z, until somebody moves it.
    final class Clock: Sendable {
        private let milliseconds = Mutex<Int64>(1_709_294_400_000)

        var now: Timestamp { milliseconds.withLock { Timestamp(milliseconds: $0) } }
        func goOn(seconds: Int64) { milliseconds.withLock { $0 += seconds * 1000 } }
    }

    /// - Parameters:
    ///   - families: those of the server, if left out.
    ///   - mostPasswords: how many are looked at or wait at a time.
    ///   - change: what is otherwise in each endpoint.
    init(
        listeningOn host: String = "127.0.0.1",
        publicURL: String? = nil,
        proxies: TrustedProxies = .none,
        mostPasswords: Int = 16,
        change: (Endpoint) -> Endpoint = { $0 }
    ) async throws {
        folder = try TemporaryFolder().made()
        let directory = try ProjectDirectory(dataFolder: folder.url)
        projects = [
            try directory.create(name: "first", timeZone: .utc), try directory.create(name: "second", timeZone: .utc),
        ]
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let clock = clock
        let settings = HostingSettings(openStore: { _, _, _ in MemoryEventStore() }, now: { clock.now }, logger: logger)
        house = try ProjectHouse(directory, disk: DiskSpace(folder.url), settings: settings)
        store = try AccountStore(dataFolder: folder.url)
        let publicURL = publicURL.map { PublicURL($0)! }
        try store.setLinkBase(publicURL?.text ?? "http://127.0.0.1:8080")
        service = try await AccountService(
            store,
            passwords: PasswordQueue(cost: PasswordHash.Cost(logRounds: 1), most: mostPasswords),
            place: ServerPlace(listeningOn: host, hasProxies: proxies != .none, publicURL: publicURL),
            now: { clock.now }
        )
        let families = Self.families.map { family in
            var family = family
            family.endpoints = family.endpoints.map(change)
            return family
        }
        let router = Router(context: Context.self)
        API(house, families: families, proxies: proxies, accounts: service).add(to: router)
        responder = router.buildResponder()
    }

    static var families: [Family] {
        Family.amplitude() + [
            .metrics, .operations(version: "1", health: { Health(problem: nil, freeBytes: 0) }, metrics: { "" }),
        ]
    }

    func close() async {
        await house.close()
        store.close()
    }

    // MARK: Asking

    struct Answer: Sendable {
        var status: Int
        var headers: HTTPFields
        var body: String

        /// A member of the JSON object.
        subscript(name: String) -> String? {
            guard let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] else {
                return nil
            }
            return object[name].map { "\($0)" }
        }

        /// The cookie that it sets, as a browser sends it back.
        var cookie: String? { headers[.setCookie].map { String($0.prefix { $0 != ";" }) } }
    }

    /// - Parameters:
    ///   - host: what the request calls the server.
    ///   - from: the address of the connection's other end.
    func ask(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String? = nil,
        token: String? = nil,
        workspace: Int64? = nil,
        host: String? = "127.0.0.1:8080",
        from peer: String = "127.0.0.1",
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var fields = HTTPFields()
        if let token { fields[.authorization] = "Bearer \(token)" }
        if let workspace { fields[.init("X-Workspace-ID")!] = "\(workspace)" }
        for (name, value) in headers { fields[try #require(HTTPFields.Element.Name(name))] = value }
        let head = HTTPRequest(method: method, scheme: "http", authority: host, path: path, headerFields: fields)
        let response = try await responder.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body ?? ""))),
            context: Context(source: Sender(peer: peer))
        )
        let bytes = Bytes()
        try await response.body.write(bytes)
        return Answer(
            status: response.status.code,
            headers: response.headers,
            body: String(buffer: bytes.storage.buffer)
        )
    }

    private struct Sender: RequestContextSource {
        let peer: String
        var logger: Logger {
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            return logger
        }
    }

    private struct Context: RequestContext, RemoteAddressRequestContext {
        typealias Source = Sender

        var coreContext: CoreRequestContextStorage
        let remoteAddress: SocketAddress?

        init(source: Sender) {
            coreContext = .init(source: source)
            remoteAddress = try? SocketAddress(ipAddress: source.peer, port: 9)
        }
    }

    private struct Bytes: ResponseBodyWriter {
        final class Storage {
            var buffer = ByteBuffer()
        }

        let storage = Storage()

        func write(_ buffer: ByteBuffer) { storage.buffer.writeImmutableBuffer(buffer) }
        consuming func finish(_: HTTPFields?) {}
    }

    // MARK: People

    static let password = "a long password"

    /// The text of a link to sign in with.
    func signInLink() throws -> String { try store.makeSignInLink(by: .command, at: clock.now).1.text }

    /// Makes an account with a role in the first project, or with none, and signs it in.
    ///
    /// - Returns: its token.
    func member(_ name: String, _ role: Role?, in project: Int64 = 1) async throws -> String {
        try await token(of: account(name, role, in: project), name)
    }

    /// Signs an account in.
    func token(of account: Account, _ name: String = "somebody") async throws -> String {
        try await service.tokens.token(of: store.signIn(account, by: Author(name), at: clock.now))
    }

    func account(_ name: String, _ role: Role?, in project: Int64 = 1) async throws -> Account {
        let email = try #require(EmailAddress("\(name)@example.com"))
        let (_, secret) = try store.invite(
            email,
            to: project,
            as: .viewer,
            giver: .platform,
            by: .command,
            at: clock.now
        )
        let known = try store.account(email)
        let hash = known == nil ? try PasswordHash(of: Self.password, PasswordHash.Cost(logRounds: 1)) : nil
        let session = try store.join(secret.text, password: hash, from: nil, at: clock.now)
        let account = try #require(session.account)
        switch role {
        case .platform?:
            try store.setPlatform(true, account.id, by: .command, at: clock.now)
            try store.remove(account.id, from: project, as: .platform, by: .command, at: clock.now)
        case let role?: try store.grant(role, in: project, to: account.id, by: .command, at: clock.now)
        case nil: try store.remove(account.id, from: project, as: .platform, by: .command, at: clock.now)
        }
        return try #require(try store.account(account.id))
    }

    /// The local owner's token.
    func localOwner() async throws -> String {
        try await service.tokens.token(of: store.useSignInLink(signInLink(), from: nil, at: clock.now))
    }

    /// A key of somebody's in the first project.
    func key(of account: Account, _ role: Role, own: Role) throws -> String {
        try store.makeKey(
            "key",
            of: account.id,
            in: 1,
            role: role,
            own: own,
            endsAt: nil,
            by: .command,
            at: clock.now
        ).1.text
    }

    /// `Authorization` with a project's keys.
    func basic(_ project: Project) -> String {
        "Basic " + Data("\(project.apiKey):\(project.secretKey)".utf8).base64EncodedString()
    }
}
