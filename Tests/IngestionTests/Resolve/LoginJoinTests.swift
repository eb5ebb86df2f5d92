import EventModel
import Foundation
import JSONTape
import ProjectStore
import Storage
import TestSupport
import Testing

@testable import Ingestion

/// What happens to a known user K and to the anonymous people on three devices. Two characters a step:
/// `K1` K's event brings the value 1, `A2` one on device A the value 2, `K-` takes the value away, `K.` says nothing of it;
/// `LA` is K's login on device A.
private struct Case: Sendable, CustomStringConvertible {
    var steps: String
    /// K's value at the end; `nil` if there is none.
    var value: String?
    var why: String

    init(_ steps: String, _ value: String?, _ why: String) {
        self.steps = steps
        self.value = value
        self.why = why
    }

    var description: String { steps }
}

/// Between steps: nothing, so that all are one commit; a commit; or a new start of the server too.
private enum Pace: CaseIterable {
    case oneCommit, commits, restarts
    /// Commits after each of which all is collected that the log says; with every other one, or new starts between.
    case collections, someCollections, restartsWithCollections
}

/// Where the value is.
private enum Place: CaseIterable {
    case userProperty, country

    /// What an event that brings it has in it.
    func fields(_ value: Character) -> String {
        switch (self, value) {
        case (_, "."): "\"plan\":null"
        case (.userProperty, "-"): "\"user_properties\":{\"$unset\":{\"p\":\"-\"}}"
        case (.userProperty, _): "\"user_properties\":{\"p\":\"\(value)\"}"
        case (.country, _): "\"country\":\"\(value)\""
        }
    }
}

@Suite("a login brings two people's properties together") struct LoginJoinTests {
    private static let cases = [
        Case("K1 A2 LA", "2", "the later one's is the anonymous person's"),
        Case("A2 K1 LA", "1", "the later one's is the known user's"),
        Case("K1 A2 K3 LA", "3", "the known user's has changed since"),
        Case("A1 K2 A3 LA", "3", "the anonymous person's has changed since"),
        Case("K1 A. LA", "1", "only the known user has one"),
        Case("K. A1 K. LA", "1", "only the anonymous person has one"),
        Case("K1 A2 K1 LA", "1", "a value that comes again arrives again"),
        Case("A1 K2 A1 LA", "1", "also the anonymous person's"),
        Case("A1 K2 A1 K. LA", "1", "and stays so, whatever comes beside it"),
        Case("A1 B2 A1 K. LA LB", "1", "taken over as it came again"),
        Case("A1 B2 K. LA B2 LB", "2", "and so is the other's"),
        Case("K1 A2 LA B3 K2 LB", "2", "after a login, too"),
        Case("K1 K1 A2 K1 K1 A2 K1 LA", "1", "again and again"),
        Case("K1 A1 K2 K1 LA", "1", "the same on both sides"),
        Case("K1 A2 LA K.", "2", "and it stays"),
        Case("K1 A2 LA K3", "3", "until another arrives"),
        Case("K1 A2 B3 LA LB", "3", "one login after the other, the later value last"),
        Case("K1 B3 A2 LA LB", "2", "the later value first: it keeps its arrival"),
        Case("B3 K1 A2 LB LA", "2", "what was older than K's is no reason to lose the later one"),
        Case("A1 K. LA B2 LB C3 LC", "3", "three of them"),
        Case("B2 A1 K. LA LB", "1", "taken over, it is as old as it was, and no older"),
        Case("A1 B2 K. LA LB", "2", "and no younger"),
        Case("B2 A1 LA LB", "1", "who becomes K at the first login arrived when it did"),
        Case("A1 B2 LA LB", "2", "and the other later"),
        Case("K1 A2 LA A3 LA", "3", "what the device sends afterwards is K's"),
    ]
    private static let casesOfUserProperties = [
        Case("K1 A2 K- LA", "2", "what was taken away from one side is the other's"),
        Case("K1 A2 A- LA", "1", "the other way round"),
        Case("K- A2 A- LA", nil, "taken away on both"),
        Case("K1 A2 LA K-", nil, "taken away after the login: the anonymous person's does not come back"),
        Case("K1 A2 LA K- B3 LB", "3", "but another's comes"),
        Case("K1 A2 A- A3 K4 K- K5 LA", "5", "set anew, it arrived then"),
        Case("K1 A3 K- K1 LA", "1", "also if it is the same again"),
    ]

    @Test("each property keeps the value that arrived last on either side", arguments: cases, Pace.allCases)
    private func join(_ c: Case, _ pace: Pace) throws {
        for place in Place.allCases { try #expect(value(c, pace, place) == c.value, "\(place): \(c.why)") }
    }

    @Test("a property that was taken away has no value to keep", arguments: casesOfUserProperties, Pace.allCases)
    private func unset(_ c: Case, _ pace: Pace) throws {
        try #expect(value(c, pace, .userProperty) == c.value, "\(c.why)")
    }

    private func value(_ c: Case, _ pace: Pace, _ place: Place) throws -> String? {
        var sender = try StepSender(pace)
        for step in c.steps.split(separator: " ") {
            let (who, what) = (step.first!, step.last!)
            let ids =
                switch who {
                case "K": "\"user_id\":\"K\""
                case "L": "\"user_id\":\"K\",\"device_id\":\"\(what)\""
                default: "\"device_id\":\"\(who)\""
                }
            try sender.send("{\"event_type\":\"E\",\(ids),\(place.fields(who == "L" ? "." : what))}")
        }
        let last = try sender.last()
        switch place {
        case .userProperty: return try sender.member("p", of: sender.record.text(of: last.userProperties) ?? "{}")
        case .country: return try sender.member("country", of: sender.record.text(of: last.context) ?? "{}")
        }
    }

    @Test("what is set together stays together; the others go each its own way", arguments: Pace.allCases)
    private func parts(_ pace: Pace) throws {
        var sender = try StepSender(pace)
        let known = "\"event_type\":\"E\",\"user_id\":\"K\""
        let anonymous = "\"event_type\":\"E\",\"device_id\":\"A\""
        try sender.send("{\(known),\"country\":\"DE\",\"city\":\"Köln\",\"app_version\":\"1\",\"revenue\":5}")
        try sender.send("{\(anonymous),\"country\":\"FR\",\"platform\":\"Web\",\"app_version\":\"2\"}")
        try sender.send("{\(known),\"platform\":\"iOS\",\"os_version\":\"17\",\"language\":\"de\"}")
        try sender.send("{\(known),\"device_id\":\"A\"}")
        let last = try sender.last()
        #expect(
            try sender.record.text(of: last.context)
                == "{\"version\":\"2\",\"platform\":\"iOS\",\"os_version\":\"17\",\"country\":\"FR\","
                + "\"language\":\"German\",\"library\":\"http/2.0\",\"start_version\":\"2\",\"paying\":\"true\"}"
        )
        #expect(try sender.record.user(UserKey(2))?.context == nil, "nothing is left with whom K was")
        #expect(try sender.record.arrivals(of: UserKey(2)).ofProperties == [:])
    }

    @Test("an event that leaves the person's properties alone does not hold up the login's", arguments: Pace.allCases)
    private func skipping(_ pace: Pace) throws {
        var sender = try StepSender(pace)
        try sender.send("{\"event_type\":\"E\",\"user_id\":\"K\",\"user_properties\":{\"a\":1}}")
        try sender.send("{\"event_type\":\"E\",\"device_id\":\"A\",\"user_properties\":{\"a\":2,\"b\":3}}")
        try sender.send(
            "{\"event_type\":\"E\",\"user_id\":\"K\",\"device_id\":\"A\",\"$skip_user_properties_sync\":true}"
        )
        #expect(try sender.last().userProperties == .empty)
        try sender.send("{\"event_type\":\"E\",\"user_id\":\"K\"}")
        #expect(try sender.record.text(of: sender.last().userProperties) == "{\"a\":2,\"b\":3}")
    }

    @Test("of whom ever other properties come it is kept when theirs arrived, not those that are gone")
    private func everOther() throws {
        for pace in Pace.allCases {
            var sender = try StepSender(pace)
            func send(_ user: String, _ operations: String) throws {
                let operations = "\"event_type\":\"$identify\",\"user_properties\":{\(operations)}"
                try sender.send("{\(user),\(operations)}")
            }
            let (known, anonymous) = ("\"user_id\":\"K\"", "\"device_id\":\"A\"")
            try send(known, "\"$set\":{\"early\":1,\"late\":1}")
            try send(known, "\"$set\":{\"early\":1}")
            try send(anonymous, "\"$set\":{\"early\":2,\"late\":2,\"n7\":2,\"n99\":2}")
            for number in 0..<100 {
                try send(known, "\"$unset\":{\"n\(number - 1)\":\"-\"},\"$set\":{\"n\(number)\":1}")
                if number == 50 { try send(known, "\"$set\":{\"late\":1}") }
            }
            _ = try sender.last()
            let arrivals = try sender.record.arrivals(of: UserKey(1)).ofProperties
            let logged = try sender.record.loggedArrivals().filter { $0.user == UserKey(1) }
            // Where all is collected after each event, it never is much at a time.
            if [.oneCommit, .commits, .restarts].contains(pace) {
                #expect(arrivals.count < 50 && logged.count < 50, "\(pace)")
            }
            try send("\(known),\(anonymous)", "")
            #expect(
                try sender.record.text(of: sender.last().userProperties)
                    == "{\"early\":2,\"late\":1,\"n7\":2,\"n99\":1}",
                "\(pace)"
            )
        }
    }
}

/// Sends events to a resolver over a real record.
private struct StepSender {
    private let folder = TemporaryFolder()
    private let pace: Pace
    private let noon = Timestamp(milliseconds: 0)
    private var resolver: BatchResolver
    private var stored: StoredEvent?
    let record: ProjectDatabase

    init(_ pace: Pace) throws {
        self.pace = pace
        record = try ProjectDatabase(folder: folder.url)
        resolver = try Self.resolver(pace, record, folder.url, noon)
    }

    private static func resolver(
        _ pace: Pace,
        _ record: ProjectDatabase,
        _ folder: URL,
        _ now: Timestamp
    ) throws -> BatchResolver {
        switch pace {
        case .oneCommit, .commits, .restarts: try BatchResolver(record, folder: folder, now: now)
        case .collections, .restartsWithCollections:
            try BatchResolver(record, folder: folder, now: now, mostLoggedUsers: 0)
        case .someCollections: try BatchResolver(record, folder: folder, now: now, mostLoggedChanges: 1)
        }
    }

    mutating func send(_ event: String) throws {
        #expect(try resolver.add(try decoded(event), receivedAt: noon) == nil)
        if pace != .oneCommit { try commit() }
    }

    /// The last event as it is stored.
    mutating func last() throws -> StoredEvent {
        if pace == .oneCommit { try commit() }
        return try #require(stored)
    }

    private mutating func commit() throws {
        let change = try resolver.takeChange(receivedAt: noon)
        _ = try record.commit(change)
        stored = change.batch.events.last ?? stored
        if pace == .restarts || pace == .restartsWithCollections {
            resolver = try Self.resolver(pace, record, folder.url, noon)
        }
    }

    func member(_ name: String, of json: String) throws -> String? {
        try JSONDocument.withRoot(of: Array(json.utf8)) { root in
            for (key, value) in root.members where key.string == name { return value.string }
            return nil
        }
    }
}
