import Foundation
public import Hummingbird

/// Where the server can be reached, as far as that decides what it believes of a request.
/// Source: Documentation/accounts.md A6 and A10.
public struct ServerPlace: Sendable {
    /// Whether nobody but this machine reaches it, and no proxy stands in front.
    private let isLocal: Bool
    private let publicURL: PublicURL?

    /// - Parameters:
    ///   - host: what it listens on.
    ///   - hasProxies: whether it believes any.
    public init(listeningOn host: String, hasProxies: Bool, publicURL: PublicURL?) {
        let isLoopback = host == "localhost" || host == "::1" || host.wholeMatch(of: /127(\.\d{1,3}){3}/) != nil
        isLocal = isLoopback && !hasProxies && publicURL == nil
        self.publicURL = publicURL
    }

    /// Whether the request comes from this machine, as sure as can be: nobody else reaches the server, no proxy says that it
    /// passed the request on, and the page that sent it, if one did, was loaded from here.
    public func isLocal(_ request: Request) -> Bool {
        let isPassedOn = request.headers.contains { header in
            let name = header.name.canonicalName
            return name == "forwarded" || name == "via" || name == "x-real-ip" || name.hasPrefix("x-forwarded-")
        }
        return isLocal && !isPassedOn && request.hostName.map(Self.localNames.contains) == true
    }

    /// Whether a cookie is taken, and set: under another name a page elsewhere may have led the browser here.
    public func takesCookies(_ request: Request) -> Bool {
        guard let name = request.hostName else { return false }
        return Self.localNames.contains(name) || isPublic(request)
    }

    /// Whether a page of this server sent the request, as the browser says.
    public func isSameOrigin(_ request: Request) -> Bool {
        guard let origin = request.headers[.origin]?.lowercased() else {
            return request.headers[.fetchSite] == "same-origin"
        }
        if isPublic(request), let publicURL { return origin == publicURL.text }
        guard let host = request.host else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }

    /// The header that gives a browser a session, or takes it.
    ///
    /// - Parameters:
    ///   - seconds: how long the browser keeps it; 0 takes it away.
    ///   - isSecure: whether the request came by https://.
    func cookie(_ token: String, seconds: Int64, isSecure: Bool) -> String {
        let secure = isSecure || publicURL?.isSecure == true ? "; Secure" : ""
        return "\(Credential.cookieName)=\(token); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict\(secure)"
    }

    private func isPublic(_ request: Request) -> Bool { publicURL.map { $0.host == request.host } ?? false }

    private static let localNames: Set = ["localhost", "127.0.0.1", "[::1]"]
}

/// Where people reach the server, such as `https://stats.example.com`: scheme, name and port, in lower case.
public struct PublicURL: Hashable, Sendable {
    public let text: String
    /// With the port, if it is not the scheme's.
    public let host: String
    public var isSecure: Bool { text.hasPrefix("https:") }

    /// - Parameter typed: also with a slash at the end; `nil` if it is no such address.
    public init?(_ typed: String) {
        let match = typed.lowercased().wholeMatch(of: /(https?):\/\/([a-z0-9.\-]+|\[[0-9a-f:.]+\])(:\d{1,5})?\/?/)
        guard let (_, scheme, name, port) = match?.output else { return nil }
        let isStandard = port == nil || port == (scheme == "https" ? ":443" : ":80")
        host = String(name) + (isStandard ? "" : String(port ?? ""))
        text = "\(scheme)://\(host)"
    }
}

extension Request {
    /// What it calls the server, with a port if it names one; in lower case.
    fileprivate var host: String? { (head.authority ?? headers[.host])?.lowercased() }

    /// The same without the port.
    fileprivate var hostName: String? {
        guard let host else { return nil }
        guard let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") else { return host }
        return String(host[..<colon])
    }
}

extension HTTPFields.Element.Name {
    static var host: Self { Self("Host")! }
    /// What a browser says of the page that sent a request.
    static var fetchSite: Self { Self("Sec-Fetch-Site")! }
    static var fetchMode: Self { Self("Sec-Fetch-Mode")! }
    static var workspaceID: Self { Self("X-Workspace-ID")! }
}
