import Accounts
import EventModel
public import Hummingbird

/// Who is let in where: the one place where credentials are read, and roles enforced from an endpoint's value.
/// Source: Documentation/http.md H1 and H4, Documentation/accounts.md A7 and A10.
struct Door: Sendable {
    let host: any ProjectHost
    /// `nil` where only projects' own keys open anything.
    let accounts: AccountService?

    /// Who asks, as far as the endpoint wants to know.
    struct Admission: Sendable {
        var caller: Caller?
        var person: Person?
    }

    /// - Throws: if the endpoint asks for somebody, and nobody who may ask for it asks.
    func admit(_ request: Request, to access: Endpoint.Access) async throws(Failure) -> Admission {
        switch access {
        case .everybody, .keyInBody: return Admission()
        case .person: return Admission(person: try await person(request))
        case .server:
            let person = try await person(request)
            guard person.isPlatform else { throw .forbidden(.platform) }
            return Admission(person: person)
        case .role(let role):
            let admission = try await caller(request)
            guard let caller = admission.caller, caller.role >= role else { throw .forbidden(role) }
            return admission
        }
    }

    // MARK: In a workspace

    private func caller(_ request: Request) async throws(Failure) -> Admission {
        let caller: Caller
        switch Credential(request) {
        case nil: throw .nothingSent
        case .unusable?: throw .unauthorized
        case .secretKey(let key)?:
            guard let project = try await host.project(withSecretKey: key) else { throw .unauthorized }
            caller = Caller(identity: .secretKey, role: .viewer, project: project)
        case .projectKeys(let keys)?:
            // The API key alone reads nothing: it is public.
            guard let project = try await host.project(withAPIKey: keys.name), project.hasSecret(keys.password) else {
                throw .unauthorized
            }
            caller = Caller(identity: .projectKeys, role: .admin, project: project)
        case .programKey(let text)?: return Admission(caller: try await self.caller(request, withKey: text))
        case .token(let token)?: return try await self.caller(request, try await session(token, of: request))
        case .cookie(let token)?: return try await self.caller(request, try await session(cookie: token, of: request))
        }
        // Keys are of one project: naming another one is a mistake.
        if let wanted = try request.workspace, wanted != caller.project.project.id { throw .notInWorkspace(wanted) }
        return Admission(caller: caller)
    }

    private func caller(_ request: Request, _ person: Person) async throws(Failure) -> Admission {
        guard let accounts else { throw .unauthorized }
        guard let workspace = try request.workspace else { throw .workspaceMissing }
        let role: Role?
        if let account = person.account {
            role = try await accounts.role(of: account, in: workspace)
        } else {
            role = .platform
        }
        guard let role else { throw .notInWorkspace(workspace) }
        // Whoever has no part in it is told the same, be it there or not.
        guard let project = try await host.project(withID: workspace) else { throw .notInWorkspace(workspace) }
        let caller = Caller(identity: .account(person.id), role: role, project: project)
        return Admission(caller: caller, person: person)
    }

    private func caller(_ request: Request, withKey text: String) async throws(Failure) -> Caller {
        guard let accounts, let open = try await accounts.key(text) else { throw .unauthorized }
        if let wanted = try request.workspace, wanted != open.key.workspace { throw .notInWorkspace(wanted) }
        guard let role = open.role, let project = try await host.project(withID: open.key.workspace) else {
            throw .unauthorized
        }
        return Caller(identity: .programKey(open.key.id, of: open.account.id), role: role, project: project)
    }

    // MARK: Whatever the workspace

    private func person(_ request: Request) async throws(Failure) -> Person {
        switch Credential(request) {
        case nil: throw .nothingSent
        case .unusable?: throw .unauthorized
        case .secretKey?, .projectKeys?, .programKey?: throw .sessionNeeded
        case .token(let token)?: return try await session(token, of: request)
        case .cookie(let token)?: return try await session(cookie: token, of: request)
        }
    }

    private func session(cookie: String, of request: Request) async throws(Failure) -> Person {
        guard let accounts else { throw .unauthorized }
        guard accounts.place.takesCookies(request) else { throw .otherHost }
        if ![.get, .head].contains(request.method), !accounts.place.isSameOrigin(request) { throw .otherOrigin }
        var person = try await session(cookie, of: request)
        person.isByCookie = true
        return person
    }

    private func session(_ token: String, of request: Request) async throws(Failure) -> Person {
        guard let accounts else { throw .unauthorized }
        return try await accounts.person(token, of: request)
    }
}

extension AccountService {
    /// Whose session a token is of.
    ///
    /// - Throws: if it is nobody's, over, or the local owner's and the request may come from elsewhere.
    public func person(_ token: String, of request: Request) async throws(Failure) -> Person {
        guard let reading = await tokens.read(token) else { throw .tokenInvalid }
        let session: Session?
        do throws(AccountError) {
            session = try await store.session(reading.id, at: now())
        } catch {
            throw error.failure
        }
        guard let session else { throw reading.endsAt <= now().seconds ? .tokenExpired : .tokenInvalid }
        if session.account == nil, !place.isLocal(request) { throw .tokenInvalid }
        return Person(session: session)
    }

    fileprivate func role(of account: Account, in workspace: Int64) async throws(Failure) -> Role? {
        do throws(AccountError) {
            return try await store.role(of: account, in: workspace)
        } catch {
            throw error.failure
        }
    }

    fileprivate func key(_ text: String) async throws(Failure) -> AccountStore.OpenKey? {
        do throws(AccountError) {
            return try await store.key(text, at: now())
        } catch {
            throw error.failure
        }
    }
}

extension Request {
    /// The workspace that it names; `nil` if it names none.
    fileprivate var workspace: Int64? {
        get throws(Failure) {
            let named = headers[.workspaceID] ?? FormFields(urlEncoded: uri.query ?? "")["workspace_id"]
            guard let named, !named.isEmpty else { return nil }
            guard let id = Int64(named) else { throw .workspaceMalformed }
            return id
        }
    }
}

extension HostedProject {
    fileprivate func hasSecret(_ text: String) -> Bool {
        if text.isSameSecret(as: project.secretKey) { return true }
        let old = project.oldKeys(.secret, at: now())
        guard old.contains(where: { text.isSameSecret(as: $0.key) }) else { return false }
        noteOldKey(.secret)
        return true
    }
}
