import EventModel
import Storage

/// What an imported event says beyond one that a client sends.
struct ImportedTraits: BitwiseCopyable, Sendable {
    /// Stands for the event for ever: it is stored once.
    var fingerprint: Fingerprint
    /// Whose it was where it comes from; `nil` leaves it to its user and device id.
    var amplitudeID: AmplitudeID?
    /// When it happened, on the clock of whoever received it: no clock of ours has a say.
    var time: Timestamp
    /// When it was received there; `nil` where nobody says, and it is received now.
    var receivedAt: Timestamp?
    /// Whether its context and its user properties are all that there was, and not what it changed about them.
    var isWhole: Bool
}

/// From now on the events of a person count as another one's: a line of a file of merged ids.
struct ImportedMerge: BitwiseCopyable, Sendable {
    var from: AmplitudeID
    /// The same one if a merge is taken back.
    var into: AmplitudeID
    var time: Timestamp
}
