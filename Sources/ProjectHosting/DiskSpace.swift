public import Foundation
import Synchronization

/// How much room is left where the data is.
public final class DiskSpace: Sendable {
    /// With less than this, no more events are taken: the stores need some to go on working.
    public static let reserveBytes: Int64 = 256 << 20

    private let folder: URL
    private let latest = Mutex<(time: ContinuousClock.Instant, bytes: Int64)?>(nil)

    public init(_ folder: URL) {
        self.folder = folder
    }

    /// Looked up at most once a second. If the system does not say, there is enough.
    public var freeBytes: Int64 {
        latest.withLock { latest in
            if let latest, latest.time.duration(to: .now) < .seconds(1) { return latest.bytes }
            let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
            let bytes = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value ?? .max
            latest = (.now, bytes)
            return bytes
        }
    }

    public var isShort: Bool { freeBytes < Self.reserveBytes }
}
