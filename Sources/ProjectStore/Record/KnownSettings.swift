import Storage

/// The settings, and what the way in asks of them for every commit.
struct KnownSettings {
    let all: EventSettings
    let dropped: DroppedNames
    let declared: DeclaredProperties?

    init(_ all: EventSettings) {
        self.all = all
        dropped = DroppedNames(all)
        declared = DeclaredProperties(all)
    }
}
