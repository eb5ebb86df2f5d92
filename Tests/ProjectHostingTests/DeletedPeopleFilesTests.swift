import EventExport
import EventModel
import Foundation
import HTTPEdge
import Ingestion
import ProjectHosting
import QueryExecution
import QueryModel
import Storage
import TestSupport
import Testing

extension ProjectHouse {
    fileprivate func hosted(_ project: Project) async throws -> HostedProject {
        try #require(try await self.project(withAPIKey: project.apiKey))
    }

    /// Sends an event of each user.
    fileprivate func visit(_ users: String..., to project: Project) async throws {
        let events = users.map { "{\"user_id\":\"\($0)\",\"event_type\":\"A\",\"time\":1700000000000}" }
        let body = "{\"api_key\":\"\(project.apiKey)\",\"events\":[\(events.joined(separator: ","))]}"
        _ = try await hosted(project).writer.store(RequestDecoder.decode(Array(body.utf8)).events.get())
    }

    fileprivate func key(of user: String, in project: Project) async throws -> UserKey? {
        try await hosted(project).record.user(withID: user)?.key
    }

    /// How many people are active in an answer, and how many rows an export has.
    fileprivate func shown(of project: Project) async throws -> [Int] {
        let hosted = try await hosted(project)
        let day = ProjectTimeZone.utc.date(of: Timestamp(milliseconds: 1_700_000_000_000))
        let query = ActiveUsersQuery(metric: .active, range: try #require(DateRange(first: day, last: day)))
        let answer = try await hosted.queries.activeUsers(query, QueryContext(zone: .utc, now: hosted.now()))
        let page = try await hosted.exports.page(.all, from: 0, to: nil)
        return [Int(answer.series.first?.collapsed ?? 0), page.count]
    }
}

@Suite("deleted people and a project's files") struct DeletedPeopleFilesTests {
    @Test("a deletion outlives the server, and columns that are made anew; so does its cancel")
    func restarts() async throws {
        let house = House()
        let project = try house.create("shop")[0]
        var server = try house.open()
        func restart(without file: String? = nil) async throws {
            await server.close()
            if let file { try FileManager.default.removeItem(at: house.file(file, of: project)) }
            server = try house.open()
        }
        try await server.visit("user-1", "user-2", "user-2", "user-3", to: project)
        #expect(try await server.shown(of: project) == [3, 4])
        let key = try #require(try await server.key(of: "user-2", in: project))
        let deletions = try await server.hosted(project).writer.delete([key], for: "x", grace: .seconds(60))
        #expect(deletions.map(\.keys) == [[key]])
        #expect(try await server.shown(of: project) == [2, 2])
        try await restart()
        #expect(try await server.shown(of: project) == [2, 2])
        try await restart(without: "events.duckdb")
        #expect(try await server.shown(of: project) == [2, 2])

        try await server.visit("user-2", to: project)
        let new = try await server.key(of: "user-2", in: project)
        #expect(new == UserKey(4), "somebody new")
        #expect(try await server.shown(of: project) == [3, 3])
        try await restart(without: "events.duckdb")
        #expect(try await server.shown(of: project) == [3, 3])
        #expect(try await server.hosted(project).writer.cancel(deletions[0]))
        #expect(try await server.shown(of: project) == [3, 5], "who came since is the same person")
        #expect(try await !server.hosted(project).writer.cancel(deletions[0]), "that was done")
        try await restart(without: "events.duckdb")
        #expect(try await server.shown(of: project) == [3, 5])
        await server.close()
    }

    @Test("an older copy of the record, without the deletion, is noticed")
    func olderCopy() async throws {
        let house = House()
        let project = try house.create("shop")[0]
        var server = try house.open()
        try await server.visit("user-1", "user-2", to: project)
        await server.close()
        let record = house.file("project.sqlite", of: project)
        let before = try Data(contentsOf: record)
        server = try house.open()
        let key = try #require(try await server.key(of: "user-2", in: project))
        _ = try await server.hosted(project).writer.delete([key], for: "x", grace: .seconds(60))
        await server.close()
        try before.write(to: record)
        server = try house.open()
        let refused = await failure { [server] in _ = try await server.hosted(project) }
        #expect(refused?.kind == .unavailable)
        await server.close()
    }

    @Test("a deletion waits for no more than the commit under way, while many send; nothing of it is lost")
    func amidLoad() async throws {
        let house = House()
        let project = try house.create("shop")[0]
        let server = try house.open()
        try await server.visit("user-0", to: project)
        let sending = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sender in 0..<8 {
                    group.addTask {
                        var number = 0
                        while !Task.isCancelled {
                            try await server.visit("user-\(sender)-\(number)", to: project)
                            number += 1
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        let hosted = try await server.hosted(project)
        var deleted = 0
        for sender in 0..<8 {
            while try await server.key(of: "user-\(sender)-5", in: project) == nil, !sending.isCancelled {
                try await Task.sleep(for: .milliseconds(5))
            }
            let key = try #require(try await server.key(of: "user-\(sender)-5", in: project))
            deleted += try await hosted.writer.delete([key], for: "x", grace: .seconds(60)).count
            #expect(try await server.key(of: "user-\(sender)-5", in: project) == nil)
        }
        sending.cancel()
        _ = await sending.result
        let sent = try hosted.record.ledgerTotals().stored
        #expect(deleted == 8)
        #expect(try await server.shown(of: project) == [sent - 8, sent - 8])
        await server.close()
    }
}
