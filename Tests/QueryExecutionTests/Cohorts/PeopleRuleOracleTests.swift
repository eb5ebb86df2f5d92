import ColumnEngine
import EventModel
import Foundation
import QueryModel
import Storage
import TestSupport
import Testing

@testable import QueryExecution

@Suite struct PeopleRuleOracleTests {
    @Test("who belongs to a rule is who it plainly says, while events and merges arrive", arguments: 0..<40)
    func random(seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed) &+ 5_000)
        let (asked, days) = AskedProject.ofTables(seed: seed, isSpread: seed % 2 == 0, &random)
        let plain = PlainPeopleRule(
            plain: asked.rules,
            zone: asked.zone,
            now: asked.context.now.milliseconds / 1000
        )
        // The same ones again and again: who was found before is judged anew only after doing something.
        let rules = (0..<5).map { _ in random.rule(days) }
        for (index, batch) in asked.project.batches.enumerated() {
            try asked.store.append([batch])
            guard index == asked.project.batches.count - 1 || random.once(in: 3) else { continue }
            let people = asked.project.people(upToBatch: index)
            for rule in rules + [random.rule(days)] {
                let found = try await asked.engine.people(by: rule, among: nil, asked.context)
                let persons = asked.project.persons(upToBatch: index)
                let expected = people.filter { plain.holds(rule, $0) }.map { $0[0].person }
                #expect(
                    Set(found.map { persons[Int($0.number)]! }).sorted() == expected.sorted(),
                    "seed \(seed), batch \(index): \(rule)"
                )
                guard let one = people.first?[0] else { continue }
                let some = try await asked.engine.people(by: rule, among: [UserKey(Int32(one.person))], asked.context)
                #expect(
                    some.contains { one.keys.contains(Int($0.number)) } == expected.contains(one.person),
                    "seed \(seed), batch \(index): \(rule) of \(one.person) alone"
                )
            }
        }
    }
}
