import Synchronization

/// How many exports run at a time: each needs memory, and some of a core.
public final class ExportPlaces: Sendable {
    /// Given back when nobody holds it any more.
    public final class Place: Sendable {
        private let places: ExportPlaces

        fileprivate init(_ places: ExportPlaces) {
            self.places = places
        }

        deinit { places.free.withLock { $0 += 1 } }
    }

    private let free: Mutex<Int>

    public init(_ count: Int) {
        free = Mutex(count)
    }

    /// `nil` if all are taken.
    public func take() -> Place? {
        let isFree = free.withLock { free in
            if free == 0 { return false }
            free -= 1
            return true
        }
        return isFree ? Place(self) : nil
    }
}
