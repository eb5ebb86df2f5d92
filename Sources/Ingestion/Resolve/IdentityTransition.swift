import EventModel
import Storage

/// Whose event it is: one row of the table of Documentation/events-and-identity.md E25 to E27.
///
/// Pure: from what is known of the two ids to what is to be done. New keys are given by whoever carries it out.
enum IdentityTransition: Equatable {
    /// Nobody known: a new person; on a device, it is linked to it.
    case createUser
    /// The person whom the device, or the `user_id`, stands for.
    case existing(UserKey)
    /// A new `user_id` on a device that so far was anonymous: the anonymous person becomes that user.
    case claim(UserKey)
    /// A known user on a device with an anonymous person: the event is the user's, and the anonymous is merged into it.
    case merge(anonymous: UserKey, into: UserKey)

    /// - Parameters:
    ///   - userID: whether the event carries a `user_id`, and who that is if known.
    ///   - device: what is known of its device; `nil` if it was never seen.
    init(userID: UserIDState, device: KnownDevice?) {
        switch userID {
        case .absent:
            self = device.map { .existing($0.user) } ?? .createUser
        case .unknown:
            if let device, device.isUnclaimed { self = .claim(device.user) } else { self = .createUser }
        case .known(let user):
            if let device, device.isUnclaimed {
                self = .merge(anonymous: device.user, into: user)
            } else {
                self = .existing(user)
            }
        }
    }
}

/// What an event says of its user.
enum UserIDState: Equatable {
    case absent
    /// A `user_id` that was never seen.
    case unknown
    case known(UserKey)
}
