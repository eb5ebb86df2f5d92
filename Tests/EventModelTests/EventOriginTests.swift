import EventModel
import Testing

@Suite("How an event came in")
struct EventOriginTests {
    @Test("every door, with and without a change, has a number of its own, which is read back")
    func numbers() {
        var seen: Set<UInt8> = []
        for door in (0..<8).compactMap(EventDoor.init(rawValue:)) {
            for changesPerson in [false, true] {
                let origin = EventOrigin(door: door, changesPerson: changesPerson)
                #expect(EventOrigin(number: origin.number) == origin)
                #expect(seen.insert(origin.number).inserted)
            }
        }
        #expect(seen.count == 16, "there is room for eight doors, and there are eight")
        #expect(EventOrigin(number: EventDoor.batch.rawValue) == EventOrigin(door: .batch, changesPerson: false))
    }
}
