import EventModel
import ProjectStore
import Storage
import TestSupport
import Testing

@testable import Ingestion

/// Random plans and events, and beside them the plainest reading of what a plan says, which shares nothing with the code.
@Suite("events against the tracking plan") struct PlanOracleTests {
    private static let values = [
        "null", "true", "false", "0", "3", "3.5", "\"3\"", "\"ab\"", "\"abc\"", "\"\"", "[]", "[3]", "[\"ab\",3]",
        "[null,true]", "{\"a\":1}",
    ]

    private struct Sent {
        var type: String
        var event: [String: String]
        var user: [String: String]
    }

    @Test("the same are found, as often", arguments: 0..<25)
    func same(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let plan = Self.plan(&random)
        var sender = try PlanSender(plan)
        var wanted: [String: Int] = [:]
        for _ in 0..<4 {
            let sent = (0..<30).map { _ in Self.event(&random) }
            for event in sent { for line in Self.found(event, plan) { wanted[line, default: 0] += 1 } }
            try sender.send(sent.map(Self.json).joined(separator: ","))
        }
        let found = try sender.record.planFindings().listed.map { finding in
            let key = finding.key
            return ("\(key.kind) \(key.owner.string) \(key.name.string) \(key.problem.rawValue)", finding.count)
        }
        #expect(Dictionary(uniqueKeysWithValues: found) == wanted, "seed \(seed)")
    }

    private static func plan(_ random: inout SeededRandom) -> [PlannedProperty: PropertySettings] {
        var plan: [PlannedProperty: PropertySettings] = [:]
        for name in ["p", "q", "r"] {
            for owner in [nil, "A", "B"] where random.once(in: 2) { plan[.ofEvents(name, of: owner)] = said(&random) }
            if random.once(in: 2) { plan[.ofUsers(name)] = said(&random) }
        }
        return plan
    }

    private static func said(_ random: inout SeededRandom) -> PropertySettings {
        let type = random.pick(PropertySettings.ValueType.allCases)
        return .declared(
            type,
            type == .enum ? ["3", "ab"] : nil,
            pattern: random.once(in: 3) ? "^..$" : nil,
            isList: random.once(in: 3),
            isRequired: random.once(in: 3)
        )
    }

    private static func event(_ random: inout SeededRandom) -> Sent {
        func some(_ random: inout SeededRandom) -> [String: String] {
            var some: [String: String] = [:]
            for name in ["p", "q", "r", "s"] where random.once(in: 2) { some[name] = random.pick(values) }
            return some
        }
        return Sent(type: random.pick(["A", "B", "C"]), event: some(&random), user: some(&random))
    }

    private static func json(_ sent: Sent) -> String {
        func object(_ values: [String: String]) -> String {
            "{\(values.map { "\"\($0)\":\($1)" }.joined(separator: ","))}"
        }
        return "{\"user_id\":\"a\",\"event_type\":\"\(sent.type)\",\"event_properties\":\(object(sent.event)),"
            + "\"user_properties\":\(object(sent.user))}"
    }

    // MARK: Read plainly

    private static func found(_ sent: Sent, _ plan: [PlannedProperty: PropertySettings]) -> [String] {
        var lines: [String] = []
        for name in ["p", "q", "r"] {
            if let said = plan[.ofEvents(name, of: sent.type)] ?? plan[.ofEvents(name)] {
                let value = sent.event[name] ?? "null"
                if said.isRequired, value == "null" { lines.append("event \(sent.type) \(name) missing") }
                lines += wrong(value, said).map { "event \(sent.type) \(name) \($0)" }
            }
            if let said = plan[.ofUsers(name)] {
                lines += wrong(sent.user[name] ?? "null", said).map { "user \(sent.type) \(name) \($0)" }
            }
        }
        return lines
    }

    /// What is wrong with a value, by its JSON.
    private static func wrong(_ json: String, _ said: PropertySettings) -> Set<String> {
        if json == "null" { return [] }
        let isList = json.hasPrefix("[")
        if said.isList && !isList { return ["not_a_list"] }
        if said.isList {
            let inside = json.dropFirst().dropLast().split(separator: ",").map(String.init)
            var all = Set<String>()
            for element in inside where element != "null" { all.formUnion(wrongElement(element, said)) }
            return all
        }
        return wrongElement(json, said)
    }

    private static func wrongElement(_ json: String, _ said: PropertySettings) -> Set<String> {
        let isText = json.hasPrefix("\"")
        let isFlag = json == "true" || json == "false"
        let isNumber = !isText && !isFlag && !json.hasPrefix("[") && !json.hasPrefix("{")
        let text = json.filter { $0 != "\"" }
        let fits: Bool
        switch said.type {
        case .any: fits = true
        case .string: fits = isText
        case .number: fits = isNumber
        case .boolean: fits = isFlag
        case .enum:
            if json.hasPrefix("[") || json.hasPrefix("{") || !["3", "ab"].contains(text) { return ["enum"] }
            fits = true
        }
        if !fits { return ["type"] }
        return said.pattern != nil && isText && text.count != 2 ? ["regex"] : []
    }
}
