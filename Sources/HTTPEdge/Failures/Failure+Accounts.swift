public import Accounts
import EventModel

// What is said to whoever is not let in, or not let do something to accounts.

extension Failure {
    /// No credentials at all: the same sentence as for wrong ones.
    public static let nothingSent: Failure = {
        var failure = unauthorized
        failure.details = .nothingSent
        return failure
    }()

    static let tokenInvalid = Failure(
        .unauthorized,
        "token_invalid",
        "Nobody is signed in with this token: it is over, or was never given. Sign in with POST /api/v1/auth/login."
    )

    static let tokenExpired = Failure(
        .unauthorized,
        "token_expired",
        "This session is over. Sign in again with POST /api/v1/auth/login."
    )

    static let sessionNeeded = Failure(
        .forbidden,
        "session_needed",
        "This takes somebody who is signed in, and no key: sign in with POST /api/v1/auth/login."
    )

    static let workspaceMissing = Failure(
        .malformed,
        "workspace_missing",
        "Name a workspace in the header X-Workspace-ID, such as 1; GET /api/v1/user/workspaces lists yours.",
        field: "X-Workspace-ID"
    )

    static let workspaceMalformed = Failure(
        .malformed,
        "workspace_missing",
        "X-Workspace-ID must be the number of a workspace, such as 1; GET /api/v1/user/workspaces lists yours.",
        field: "X-Workspace-ID"
    )

    static func notInWorkspace(_ workspace: Int64) -> Failure {
        Failure(
            .forbidden,
            "workspace_denied",
            "You have no part in a workspace \(workspace); GET /api/v1/user/workspaces lists yours."
        )
    }

    static let otherHost = Failure(
        .misdirected,
        "host_unknown",
        "A browser's session is taken under localhost and the address of --public-url alone. Open the server there, or start"
            + " it with --public-url and this address, such as https://stats.example.com."
    )

    static let otherOrigin = Failure(
        .forbidden,
        "origin_other",
        "With a cookie only pages of this server may change something: send its own origin in Origin."
    )

    static func tooManyAttempts(_ wait: Duration) -> Failure {
        Failure(
            .tooManyRequests,
            "too_many_attempts",
            "There were too many attempts to sign in. Try again in a minute.",
            retryAfter: wait
        )
    }

    public static let noAccounts = Failure(
        .unavailable,
        "accounts_unavailable",
        "There are no accounts here: only projects' keys open something."
    )
}

extension AccountError: FailureCause {
    public var failure: Failure {
        switch self {
        case .wrongPassword: Failure(.unauthorized, "password_wrong", sentence)
        case .sessionOver: Failure(.unauthorized, "token_expired", sentence)
        case .passwordLength, .passwordTooEasy: Failure(.unprocessable, "password_unfit", sentence, field: "password")
        case .linkNotValid: Failure(.forbidden, "link_not_valid", sentence)
        case .emailTaken, .alreadyMember: Failure(.conflict, "account_exists", sentence, field: "email")
        case .lastAdmin: Failure(.conflict, "last_admin", sentence)
        case .roleTooHigh: Failure(.forbidden, "role_too_high", sentence, field: "role")
        case .accountProtected: Failure(.forbidden, "account_protected", sentence)
        case .memberUnknown: Failure(.notFound, "member_unknown", sentence)
        case .keyUnknown: Failure(.notFound, "key_unknown", sentence)
        case .invitationUnknown: Failure(.notFound, "invitation_unknown", sentence)
        case .busy: Failure(.unavailable, "accounts_busy", sentence, retryAfter: .seconds(2))
        case .unavailable: Failure(.unavailable, "accounts_unavailable", sentence, retryAfter: .seconds(10))
        }
    }
}
