import Compression
import EventModel
import Foundation
import Storage
import TestSupport
import Testing

@testable import ProjectStore

@Suite struct JournalCodecTests {
    @Test("a batch comes back as it was")
    func roundTrip() throws {
        var codec = JournalCodec()
        _ = codec.encode(JournalBatch(receivedAt: Timestamp(milliseconds: 0)))
        let read = try JournalCodec.decode(codec.encode(everything), sequence: JournalSequence(7))
        #expect(read.sequence == JournalSequence(7))
        #expect(read.receivedAt == everything.receivedAt)
        #expect(read.events == everything.events)
        #expect(read.eventTypes.map { ExactText($0.value) } == everything.eventTypes.map { ExactText($0.value) })
        #expect(read.contexts.map(\.key) == everything.contexts.map(\.key))
        for field in ContextField.allCases {
            #expect(read.contexts.map { $0.value[field] } == everything.contexts.map { $0.value[field] })
        }
        #expect(read.propertySets.map(\.value) == everything.propertySets.map(\.value))
        #expect(read.users == everything.users)
        #expect(read.devices.map(\.value) == ["phone"])
        #expect(read.merges == everything.merges)
        #expect(read.propertyNames == everything.propertyNames)
        #expect(read.propertyPatches == everything.propertyPatches)
    }

    @Test("so does what is left of a batch, be it nothing; an older server does not take it for a whole one")
    func remainder() throws {
        var codec = JournalCodec()
        var batch = everything
        batch.remainder = BatchRemainder(committed: 9, places: [3, 8])
        let bytes = codec.encode(batch)
        #expect(bytes[0] == 4)
        let read = try JournalCodec.decode(bytes, sequence: .none)
        #expect(read.remainder == batch.remainder)
        #expect(read.events == batch.events && read.propertyPatches == batch.propertyPatches)
        #expect(read.committedEvents == 9)

        batch.events = []
        batch.remainder = BatchRemainder(committed: 200, places: [])
        let empty = try JournalCodec.decode(codec.encode(batch), sequence: .none)
        #expect(empty.remainder == batch.remainder && empty.events.isEmpty && empty.users == batch.users)
    }

    @Test("a row of version 2 is read: one that such a server wrote")
    func earlier() throws {
        let bytes = try #require(Data(base64Encoded: Self.earlierRow.replacing("\n", with: "")))
        let read = try JournalCodec.decode(Array(bytes), sequence: .none)
        var batch = everything
        batch.events.set(doors: [.unknown, .unknown])
        #expect(read.receivedAt == batch.receivedAt)
        #expect(read.events == batch.events)
        #expect(read.propertySets.map(\.value) == batch.propertySets.map(\.value))
        #expect(read.users == batch.users.map { UserFact(user: $0.user, userID: $0.userID) })
        #expect(read.merges == batch.merges)
        #expect(read.propertyNames == batch.propertyNames)
        #expect(read.propertyPatches.isEmpty)
    }

    /// ``everything``, without what version 3 has over it.
    private static let earlierRow = """
        AgAotS/9ZCoAbQgAphA/OUClOB0Ooz6mKjBiIpzqLmDegyTu/KtwjlLoTCLbrlUidmJ9EO/CCrwD0hhscem4zO2YwCKQCJGEAjEA
        MQAuAKGROQ3z2UDF/kxSSZQxYY8ex/GC4uPxAbLHAB4BmDLxhOIqwJPEpryRSuKdpJJIIyS3NuJBGxggl5d4aHEcWK0Lgzx3K3Nw
        ka+3MIsmg2EIGU0CxnJhGMx1Kchr23zoCls4Wt08WefWK8cxWri8x/sq2HEeFlBiuLufDjpRodHuiqdf90A9g8t3tocEt/jLB5k9
        CgFS2janr9IIWm3dtI6rKkuZ1s6hU60j1Ozm5F1x8/nsocBaPAW97/IBBQAhN4hMuQcgH+RhBpwI3EK3
        """

    @Test("any events come back as they were", arguments: 0..<20)
    func random(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var batch = JournalBatch(receivedAt: Timestamp(milliseconds: .random(in: .min ... .max, using: &random)))
        /// Mostly small and often the same, now and then anything.
        func number() -> Int64 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: .random(in: .min ... .max, using: &random)
            case 1: [Int64.min, -1, 0, .max].randomElement(using: &random)!
            default: .random(in: 0..<3, using: &random)
            }
        }
        func text() -> String {
            String(
                (0..<Int.random(in: 0..<40, using: &random)).map { _ in "aé東\u{0}\"🦊".randomElement(using: &random)! }
            )
        }
        for _ in 0..<Int.random(in: 0..<300, using: &random) {
            var event = everything.events[1]
            event.user = UserKey(Int32(truncatingIfNeeded: number()))
            event.device = DeviceKey(Int32(truncatingIfNeeded: number()))
            event.type = EventTypeID(Int32(truncatingIfNeeded: number()))
            event.context = ContextID(Int32(truncatingIfNeeded: number()))
            event.userProperties = PropertySetID(Int32(truncatingIfNeeded: number()))
            event.carriesUserID = Bool.random(using: &random)
            event.time = Timestamp(milliseconds: number())
            event.clientTime = Timestamp(milliseconds: number())
            event.uploadTime = Timestamp(milliseconds: number())
            event.sessionID = number()
            event.eventID = Bool.random(using: &random) ? number() : nil
            event.revenue = Bool.random(using: &random) ? Double.random(in: -1e9...1e9, using: &random) : nil
            event.insertID = random.pick([nil, text(), UUIDText.text(.random(in: 0 ... .max, using: &random))])
            event.eventProperties = "{\"a\":\"\(text())\"}"
            event.extras = Bool.random(using: &random) ? text() : nil
            event.door = random.pick([.unknown, .httpV2, .first])
            event.changesPerson = Bool.random(using: &random)
            batch.events.append(event)
        }
        var codec = JournalCodec()
        let read = try JournalCodec.decode(codec.encode(batch), sequence: .none)
        #expect(read.events == batch.events)
        #expect(read.receivedAt == batch.receivedAt)
    }

    @Test("bytes that are no journal row are an error")
    func damaged() {
        var codec = JournalCodec()
        let good = codec.encode(everything)
        for bytes in [[], [1, 2, 3], Array(good.dropLast(5)), Zstd.compress(Array("{}".utf8)), Zstd.compress([1])] {
            #expect(throws: (any Error).self) { try JournalCodec.decode(bytes, sequence: .none) }
        }
        // One flipped bit anywhere: an error, or another UUID, but no crash.
        for index in good.indices {
            var bytes = good
            bytes[index] ^= 1 << UInt8(index % 8)
            _ = try? JournalCodec.decode(bytes, sequence: .none)
        }
    }
}
