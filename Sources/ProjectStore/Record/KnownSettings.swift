import EventModel
import Storage

/// The settings, and what the way in asks of them for every commit.
struct KnownSettings {
    let all: EventSettings
    let dropped: Set<ExactText>

    init(_ all: EventSettings) {
        self.all = all
        dropped = Set(all.types.lazy.filter(\.value.isDropped).map(\.key))
    }
}
