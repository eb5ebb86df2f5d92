import EventModel
import Storage
import TestSupport
import Testing

@testable import Ingestion

/// Keys of which many begin alike, or are the ones that stand for free places.
private func anyKey(_ random: inout some RandomNumberGenerator) -> Fingerprint {
    let halves: [UInt64] = [
        0, 1, .max, 1 << 63, .random(in: 0..<50, using: &random), .random(in: .min ... .max, using: &random),
    ]
    return Fingerprint(high: halves.randomElement(using: &random)!, low: halves.randomElement(using: &random)!)
}

@Suite struct FingerprintTableTests {
    @Test("a table answers as a dictionary does", arguments: 0..<5)
    func dictionary(round: Int) {
        var random = SystemRandomNumberGenerator()
        var table = FingerprintTable<Int32>(filler: -1)
        var plain: [Fingerprint: Int32] = [:]
        for number in 0..<Int32(5_000) {
            // The one key that is all zeros gives way to another.
            let key = anyKey(&random)
            if key != Fingerprint(high: 0, low: 0), key != Fingerprint(high: 0, low: 1) {
                #expect(table[key] == plain[key])
                table.set(key, number)
                plain[key] = number
            }
            #expect(table.count == plain.count)
        }
        for (key, value) in plain { #expect(table[key] == value) }
        var all: [Fingerprint: Int32] = [:]
        table.visit { all[$0] = $1 }
        #expect(all == plain)
        table.removeAll(keepingCapacity: true)
        #expect(plain.keys.allSatisfy { table[$0] == nil } && table.count == 0)
        table.set(Fingerprint(high: 0, low: 0), 7)
        #expect(table[Fingerprint(high: 0, low: 0)] == 7)
    }

    @Test("a table from which keys are removed, too", arguments: 0..<5)
    func removing(round: Int) {
        var random = SystemRandomNumberGenerator()
        var table = FingerprintTable<Int32>(filler: -1)
        var plain: [Fingerprint: Int32] = [:]
        for number in 0..<Int32(5_000) {
            let key = anyKey(&random)
            if key.high == 0, key.low < 2 { continue }
            if Bool.random(using: &random) {
                #expect(table.set(key, number) == plain.updateValue(number, forKey: key))
            } else {
                table.remove(key)
                plain[key] = nil
            }
            if number % 100 == 0 { for (key, value) in plain { #expect(table[key] == value) } }
            #expect(table.count == plain.count && table[key] == plain[key])
        }
        var all: [Fingerprint: Int32] = [:]
        table.visit { all[$0] = $1 }
        #expect(all == plain)
    }

    @Test("what changed since a mark can be taken back")
    func takingBack() {
        var table = RecentTable<Int32>(capacity: 20, filler: 0)
        func key(_ number: Int32) -> Fingerprint { Fingerprint(high: UInt64(number) << 40, low: 1) }
        for number in 0..<Int32(11) { table.set(key(number), number) }
        table.shrink()
        table.mark()
        table.set(key(1), 100)
        table.set(key(50), 50)
        table.set(key(1), 101)
        table.set(key(50), 51)
        table.takeBack()
        #expect(table.value(key(1)) == 1 && table.value(key(50)) == nil)
        table.set(key(50), 52)
        table.mark()
        table.set(key(50), 53)
        table.takeBack()
        #expect(table.value(key(50)) == 52, "what came before the mark stays")
        var dictionary = RevocableDictionary<Int, String?>()
        dictionary[1] = "a"
        dictionary[2] = .some(nil)
        dictionary.mark()
        dictionary[1] = nil
        dictionary[2] = "b"
        dictionary[3] = "c"
        dictionary.takeBack()
        #expect(dictionary.values == [1: "a", 2: nil])
    }

    @Test("what is asked for stays, what is not is forgotten, and nothing before its time")
    func recent() {
        var table = RecentTable<Int32>(capacity: 20, filler: 0)
        func key(_ number: Int32) -> Fingerprint { Fingerprint(high: UInt64(number) << 40, low: 1) }
        for number in 0..<Int32(11) { table.set(key(number), number) }
        #expect((0..<11).allSatisfy { table.value(key($0)) == $0 }, "all of a change")
        table.shrink()
        #expect(table.isComplete)
        for number in Int32(11)..<22 {
            table.set(key(number), number)
            #expect(table.value(key(3)) == 3)
        }
        table.shrink()
        #expect(!table.isComplete)
        #expect(table.value(key(3)) == 3 && table.value(key(20)) == 20)
        #expect(table.value(key(4)) == nil)
    }
}

@Suite struct DedupeWindowTests {
    private let day: Int64 = 86_400_000

    @Test(
        "many days, through memory, small files and large ones, with filters and without",
        arguments: [0, 4_000, 64 << 20]
    )
    func window(filters: Int) throws {
        let folder = try TemporaryFolder().made()
        var random = SystemRandomNumberGenerator()
        var window = DedupeWindow(folder: folder.url, limits: .init(table: 40, merged: 4, filters: filters))
        var accepted: [Fingerprint: Int64] = [:]
        var known: [Fingerprint] = []
        var now: Int64 = 0
        var duplicates = 0
        for _ in 0..<4_000 {
            now += Int64.random(in: 0...(day / 100), using: &random)
            let key: Fingerprint
            if Bool.random(using: &random), let old = known.randomElement(using: &random) {
                key = old
            } else {
                key = Fingerprint(
                    high: .random(in: 0..<1_000, using: &random) << 54,
                    low: .random(in: .min ... .max, using: &random)
                )
            }
            let time = Timestamp(milliseconds: now)
            let expected = accepted[key].map { now - $0 <= 7 * day } ?? false
            #expect(try window.contains(key, at: time) == expected)
            if expected {
                duplicates += 1
            } else {
                try window.insert(key, at: time)
                accepted[key] = now
                known.append(key)
            }
            window.forget(before: time)
        }
        #expect(duplicates > 500)
        #expect(window.extent.table <= 40, "what is in memory is bounded")
        #expect(window.extent.files < 60, "files are merged and forgotten")
    }

    @Test("the window's edges are exact, in memory and in a file", arguments: [1, 1_000])
    func edges(table: Int) throws {
        let folder = try TemporaryFolder().made()
        var window = DedupeWindow(folder: folder.url, limits: .init(table: table, merged: 4))
        let keys = (0..<5).map { Fingerprint(high: 5, low: UInt64($0)) }
        for (index, key) in keys.enumerated() { try window.insert(key, at: Timestamp(milliseconds: Int64(index))) }
        for (index, key) in keys.enumerated() {
            let last = Int64(index) + 7 * day
            #expect(try window.contains(key, at: Timestamp(milliseconds: last)))
            #expect(try !window.contains(key, at: Timestamp(milliseconds: last + 1)))
        }
        #expect(try !window.contains(Fingerprint(high: 5, low: 99), at: Timestamp(milliseconds: 5)))
    }

    @Test("a filter lets through all that it holds, and few others")
    func filter() {
        var random = SystemRandomNumberGenerator()
        func key() -> Fingerprint {
            Fingerprint(
                high: .random(in: .min ... .max, using: &random),
                low: .random(in: .min ... .max, using: &random)
            )
        }
        let keys = (0..<10_000).map { _ in key() }
        var filter = FingerprintFilter(count: keys.count)
        for key in keys { filter.insert(key) }
        #expect(keys.allSatisfy { filter.mayContain($0) })
        let strangers = (0..<10_000).count { _ in filter.mayContain(key()) }
        #expect(strangers < 150, "a filter that lets through more costs reads")
    }
}
