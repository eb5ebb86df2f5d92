import EventModel
public import Hummingbird

/// Who sent a request, in which project, and what they may do there.
public struct Caller: Sendable {
    public enum Identity: Hashable, Sendable {
        /// Whoever has both keys of the project.
        case projectKeys
    }

    public var identity: Identity
    public var role: Role
    public var project: HostedProject
}

extension ProjectHost {
    /// Who sent a request, by the credentials that it carries; `nil` if it has none, or wrong ones. The one place where
    /// credentials are read. Source: Documentation/http.md H1.
    public func caller(of request: Request) async throws(Failure) -> Caller? {
        // The API key alone reads nothing: it is public.
        guard let keys = BasicCredentials(request.headers[.authorization]),
            let project = try await project(withAPIKey: keys.name),
            project.hasSecret(keys.password)
        else { return nil }
        return Caller(identity: .projectKeys, role: .admin, project: project)
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
