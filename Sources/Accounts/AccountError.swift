public import EventModel

/// Why something of accounts is refused. Each is a sentence for whoever asked, but for the last.
public enum AccountError: Error, Hashable, Sendable, CustomStringConvertible {
    case wrongPassword
    case passwordLength
    case passwordTooEasy
    /// Used, over, or nobody's.
    case linkNotValid
    case sessionOver
    case emailTaken(EmailAddress)
    case alreadyMember(EmailAddress)
    case lastAdmin
    /// A role that whoever asks may not give.
    case roleTooHigh(Role)
    /// Somebody whom whoever asks may not change.
    case accountProtected
    case memberUnknown(String)
    case keyUnknown(String)
    case invitationUnknown(String)
    /// Too many passwords are being looked at.
    case busy
    /// The accounts cannot be read or written: why, for the log.
    case unavailable(String)

    /// For whoever reads a log or types a command: also what is not for everybody.
    public var description: String {
        if case .unavailable(let reason) = self { reason } else { sentence }
    }

    /// Whether whoever asked was not heard, right or wrong.
    public var isOurs: Bool {
        switch self {
        case .busy, .unavailable: true
        default: false
        }
    }

    public var sentence: String {
        switch self {
        case .wrongPassword: "The e-mail address or the password is wrong."
        case .passwordLength:
            "password must have \(Password.characters.lowerBound) to \(Password.characters.upperBound) characters."
        case .passwordTooEasy:
            "password is too easy: take one that is not your e-mail address and has four different characters or more."
        case .linkNotValid:
            "This link was used before, or its time is over. Ask whoever gave it to you for a new one; `antinode sign-in`"
                + " prints one to sign in with."
        case .sessionOver: "This session is over. Sign in again."
        case .emailTaken(let email): "\(email) has an account already. Sign in with it."
        case .alreadyMember(let email): "\(email) is a member of this workspace already."
        case .lastAdmin: "This is the workspace's last Admin. Make somebody else Admin first."
        case .roleTooHigh(let role):
            "role must be one that you have yourself, and at most admin, such as viewer; it is \(role.word)."
        case .accountProtected:
            "This account has parts in other workspaces, or in the whole server: only Platform may change it."
        case .memberUnknown(let name): "\(name) is no member of this workspace."
        case .keyUnknown(let id): "You have no key \(id)."
        case .invitationUnknown(let id): "There is no invitation \(id)."
        case .busy: "Too many people are signing in. Try again in a moment."
        case .unavailable: "The accounts cannot be read or written at the moment. Try again."
        }
    }
}
