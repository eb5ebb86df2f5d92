import Storage
import Synchronization

/// The store that has a project's columns, until another one takes its place. Whoever reads asks for it with each question,
/// and goes on with what was there when it began; the one before is let go of with its last reader.
final class StoreInUse: Sendable {
    private let current: Mutex<(edition: StoreEdition, settle: @Sendable () -> Void)>

    init(_ store: any EventStore & PeopleStore & ArrivalStore) {
        current = Mutex((StoreEdition(number: 0, store: store), {}))
    }

    var edition: StoreEdition { current.withLock { $0.edition } }
    var store: any EventStore & PeopleStore & ArrivalStore { edition.store }

    func replace(by next: NextStore) {
        current.withLock { current in
            current = (StoreEdition(number: current.edition.number + 1, store: next.store), next.settle)
        }
    }

    /// Closes the store. Blocks.
    func close() {
        let (edition, settle) = current.withLock { $0 }
        edition.store.close()
        settle()
    }
}
