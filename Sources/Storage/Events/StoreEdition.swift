/// One of the stores that a project's columns are in, one after another.
public struct StoreEdition: Sendable {
    /// Another one for each.
    public var number: Int
    public var store: any EventStore & PeopleStore & ArrivalStore

    public init(number: Int, store: any EventStore & PeopleStore & ArrivalStore) {
        self.number = number
        self.store = store
    }
}
