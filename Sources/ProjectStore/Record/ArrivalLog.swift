import EventModel
import Foundation
import Storage

/// What a commit's events have brought of people's properties, as one row has it: a user, a bundle and the event's place in
/// the batch, four bytes each with the lowest first. Bundle 0 says that nothing holds that stands before it of the user.
struct ArrivalLog {
    private(set) var bytes: [UInt8] = []

    init(settled: [UserKey], received: [BundleArrival]) {
        bytes.reserveCapacity(12 * (settled.count + received.count))
        for user in settled { append(user.number, 0, 0) }
        for arrival in received {
            append(arrival.user.number, arrival.bundle.number, Int32(truncatingIfNeeded: arrival.arrival.index))
        }
    }

    init(bytes: Data) {
        self.bytes = Array(bytes)
    }

    /// The same, without what it says of some users.
    func without(_ isMeant: (UserKey) -> Bool) -> ArrivalLog {
        var rest = ArrivalLog(settled: [], received: [])
        for first in stride(from: 0, through: bytes.count - 12, by: 12) where !isMeant(UserKey(number(at: first))) {
            rest.bytes += bytes[first..<first + 12]
        }
        return rest
    }

    private func number(at place: Int) -> Int32 {
        (0..<4).reduce(0) { $0 | Int32(bytes[place + $1]) << Int32(8 * $1) }
    }

    private mutating func append(_ user: Int32, _ bundle: Int32, _ index: Int32) {
        append(user)
        append(bundle)
        append(index)
    }

    private mutating func append(_ number: Int32) {
        bytes.append(UInt8(truncatingIfNeeded: number))
        bytes.append(UInt8(truncatingIfNeeded: number >> 8))
        bytes.append(UInt8(truncatingIfNeeded: number >> 16))
        bytes.append(UInt8(truncatingIfNeeded: number >> 24))
    }

    /// Adds what it says to what is known by user and bundle.
    func read(of sequence: JournalSequence, into known: inout [UserKey: [PropertyBundleID: Arrival]]) {
        for first in stride(from: 0, through: bytes.count - 12, by: 12) {
            let (user, bundle) = (UserKey(number(at: first)), PropertyBundleID(number(at: first + 4)))
            if bundle == .none {
                known[user] = nil
            } else {
                known[user, default: [:]][bundle] = Arrival(sequence, index: Int(number(at: first + 8)))
            }
        }
    }
}
