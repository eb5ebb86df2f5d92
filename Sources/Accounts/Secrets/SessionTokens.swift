import Crypto
import EventModel
import Foundation
import JWTKit

/// Sessions as JSON web tokens, signed with HS256. The signature alone opens nothing: the session must be in the store, too,
/// so that signing out ends it. Source: Documentation/accounts.md A4.
public struct SessionTokens: Sendable {
    private struct Claims: JWTPayload {
        static let issuer = "antinode"

        /// The session's secret, by whose digest it is found.
        var jti: String
        var sub: String
        var email: String?
        var iss: String
        /// In seconds since 1970, as the next two are.
        var iat: Int64
        var nbf: Int64
        var exp: Int64

        /// Times are looked at by the server's own clock, in the store.
        func verify(using algorithm: some JWTAlgorithm) {}
    }

    private let keys = JWTKeyCollection()

    /// - Parameter store: keeps the key that signs.
    public init(_ store: AccountStore) async throws(AccountError) {
        let key = HMACKey(key: SymmetricKey(data: try store.signingKey()))
        await keys.add(hmac: key, digestAlgorithm: .sha256)
    }

    public func token(of session: NewSession) async throws(AccountError) -> String {
        let claims = Claims(
            jti: session.secret.text,
            sub: session.account?.id.text ?? AccountID.localOwner.text,
            email: session.account?.email.text,
            iss: Claims.issuer,
            iat: session.madeAt.seconds,
            nbf: session.madeAt.seconds,
            exp: session.endsAt.seconds
        )
        do {
            return try await keys.sign(claims)
        } catch {
            throw .unavailable("a session cannot be signed: \(error)")
        }
    }

    /// What a token says of a session.
    public struct Reading: Sendable {
        /// ``AccountStore/session(_:workspace:at:)`` finds it by that.
        public var id: SessionID
        /// The second at which it ends.
        public var endsAt: Int64
    }

    /// `nil` if it is no token of this server's.
    public func read(_ token: String) async -> Reading? {
        guard let claims = try? await keys.verify(token, as: Claims.self), claims.iss == Claims.issuer else {
            return nil
        }
        return Reading(id: SessionID(digest: Secret.digest(of: claims.jti)), endsAt: claims.exp)
    }
}
