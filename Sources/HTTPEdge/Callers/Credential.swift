import Accounts
import Hummingbird

/// What a request carries to say who sent it; the first that is found counts. Source: Documentation/accounts.md A10.
enum Credential: Equatable {
    /// `Api-Key SECRET`, as profiles are asked for. Source: Documentation/people.md P10.
    case secretKey(String)
    case projectKeys(BasicCredentials)
    case programKey(String)
    case token(String)
    case cookie(String)
    /// Something that opens nothing, whoever sends it.
    case unusable

    /// The cookie of a session.
    static let cookieName = "auth_token"
    /// What is longer counts as if it had not been sent.
    private static let mostBytes = 8 << 10

    /// `nil` if there is none.
    init?(_ request: Request) {
        if let header = request.headers[.authorization], !header.isEmpty, header.utf8.count <= Self.mostBytes {
            self = Self(authorization: header)
        } else if let token = Self.cookie(request), token.utf8.count <= Self.mostBytes {
            self = .cookie(token)
        } else {
            return nil
        }
    }

    private init(authorization header: String) {
        let parts = header.split(separator: " ", maxSplits: 1)
        switch (parts.first?.lowercased(), parts.count) {
        case ("basic", 2): self = BasicCredentials(header).map { .projectKeys($0) } ?? .unusable
        case ("api-key", 2): self = .secretKey(String(parts[1]))
        case ("bearer", 2): self = Self(bearer: parts[1])
        // Without a scheme it is a token, too.
        case (_, 1): self = Self(bearer: parts[0])
        default: self = .unusable
        }
    }

    private init(bearer text: Substring) {
        self = text.hasPrefix(ProgramKey.prefix) ? .programKey(String(text)) : .token(String(text))
    }

    private static func cookie(_ request: Request) -> String? {
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1).map { $0.trimmingPrefix { $0 == " " } }
                if parts.count == 2, parts[0] == cookieName { return String(parts[1]) }
            }
        }
        return nil
    }
}
