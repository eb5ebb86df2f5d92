import EventModel
public import Hummingbird

/// Who sent a request, in which project, and what they may do there.
public struct Caller: Sendable {
    public enum Identity: Hashable, Sendable {
        /// Whoever has both keys of the project.
        case projectKeys
        /// Whoever has the secret key, and only reads.
        case secretKey
    }

    public var identity: Identity
    public var role: Role
    public var project: HostedProject
}

extension ProjectHost {
    /// Who sent a request, by the credentials that it carries; `nil` if it has none, or wrong ones. The one place where
    /// credentials are read. Source: Documentation/http.md H1.
    public func caller(of request: Request) async throws(Failure) -> Caller? {
        if let key = Self.secretKey(request.headers[.authorization]) {
            guard let project = try await project(withSecretKey: key) else { return nil }
            return Caller(identity: .secretKey, role: .viewer, project: project)
        }
        // The API key alone reads nothing: it is public.
        guard let keys = BasicCredentials(request.headers[.authorization]),
            let project = try await project(withAPIKey: keys.name),
            project.hasSecret(keys.password)
        else { return nil }
        return Caller(identity: .projectKeys, role: .admin, project: project)
    }

    /// `Api-Key SECRET`, as profiles are asked for. Source: Documentation/people.md P10.
    private static func secretKey(_ header: String?) -> String? {
        guard let parts = header?.split(separator: " ", maxSplits: 1), parts.count == 2,
            parts[0].lowercased() == "api-key"
        else { return nil }
        return String(parts[1])
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
