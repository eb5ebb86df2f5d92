import EventModel
import JSONTape
import Storage

/// The events of one request as they are gathered.
struct RequestBuilder: ~Copyable {
    private var batch = IncomingBatch()
    /// The keys and the texts of `batch`, until it is finished.
    private var keys: JSONWriter
    var texts: JSONWriter
    private var scratch: [UInt8] = []
    private let secret = Fingerprint.Secret.shared

    /// - Parameters:
    ///   - events: how many there will be at most.
    ///   - bytes: how many bytes the request has.
    init(events: Int, bytes: Int) {
        batch.events.reserveCapacity(events)
        keys = JSONWriter(capacity: bytes / 2)
        texts = JSONWriter(capacity: bytes / 2)
    }

    mutating func append(_ event: IncomingEvent) {
        batch.events.append(event)
    }

    consuming func finished() -> IncomingBatch {
        batch.keys = keys.bytes
        batch.texts = texts.bytes
        return batch
    }

    mutating func key(_ bytes: Span<UInt8>) -> SentKey {
        let start = keys.count
        keys.raw(utf8: bytes)
        return SentKey(range: TextRange(start..<keys.count), fingerprint: fingerprint(bytes))
    }

    /// What stands for bytes as long as the process lives.
    func fingerprint(_ bytes: Span<UInt8>) -> Fingerprint { Fingerprint(bytes, secret) }

    /// The device id of an event that names only its user, which lies at `userID`.
    mutating func derivedDeviceID(_ userID: SentKey) -> SentKey {
        let id = keys.withBytes { keys in
            deviceID(derivedFrom: keys.extracting(userID.range.range))
        }
        return key(id.utf8Span.span)
    }

    /// What stands for an event's device and insert id.
    mutating func fingerprint(_ deviceID: SentKey, insertID: Span<UInt8>) -> Fingerprint {
        var scratch = scratch
        self.scratch = []
        defer { self.scratch = scratch }
        return keys.withBytes { keys in
            Fingerprint(
                deviceID: keys.extracting(deviceID.isNone ? 0..<0 : deviceID.range.range),
                insertID: insertID,
                scratch: &scratch
            )
        }
    }

    mutating func groupChange(_ change: GroupChange) -> Int32 {
        batch.groupChanges.append(change)
        return Int32(batch.groupChanges.count - 1)
    }
}
