/// How an event came in, in one small number, as columns hold it: its door, and 8 more if it changed its person.
public struct EventOrigin: Equatable, BitwiseCopyable, Sendable {
    public var door: EventDoor
    /// See ``StoredEvent/changesPerson``.
    public var changesPerson: Bool

    public init(door: EventDoor, changesPerson: Bool) {
        self.door = door
        self.changesPerson = changesPerson
    }

    public init(number: UInt8) {
        door = EventDoor(rawValue: number & 7) ?? .unknown
        changesPerson = number & 8 != 0
    }

    public var number: UInt8 { door.rawValue | (changesPerson ? 8 : 0) }
}
