import Foundation
import Testing

extension EndToEnd {
    /// On a small disk of its own, which `make fault-disk` makes (as root) and names in `FAULT_DISK`; without one there
    /// is nothing to fill, and these do not run.
    @Suite("A full disk", .enabled(if: Faults.disk != nil, "make fault-disk runs these"))
    struct FullDiskTests {
        /// Below this the server takes nothing more; it looks once a second.
        private static let reserve: Int64 = 256 << 20

        @Test("with little room left it says so and takes nothing; with room again it goes on")
        func guarded() async throws {
            let disk = try SmallDisk()
            let keys = try await disk.folder.createProject("guarded")
            let server = try await ServerProcess.start(in: disk.folder)
            let project = server.client(keys)
            let before = SentEvent(userID: "user-1", eventType: "Before", insertID: "a", time: 1_709_294_400_000)
            #expect(try await project.send([before]).status == 200)

            try disk.fill(leaving: Self.reserve / 2)
            let refused = SentEvent(userID: "user-1", eventType: "During", insertID: "b", time: 1_709_294_400_000)
            let refusal = try await project.answer(to: refused, within: .seconds(5)) { $0.status != 200 }
            #expect(refusal.status == 503)
            #expect(refusal.text == #"{"code":503,"error":"The server's disk is nearly full"}"#)
            let health = try await disk.folder.bash("curl -s -o /dev/null -w '%{http_code}' \(server.address)/health")
            #expect(health.output == "503")
            let e = #"{"event_type":"Before"}"#
            #expect(try await project.chart(e, m: "totals", days: "20240301-20240301").only?.collapsed == 1)

            try disk.empty()
            let taken = try await project.answer(to: refused, within: .seconds(5)) { $0.status == 200 }
            #expect(taken.status == 200)
            let during = #"{"event_type":"During"}"#
            #expect(try await project.chart(during, m: "totals", days: "20240301-20240301").only?.collapsed == 1)
            try await server.stop()
        }

        @Test(
            "when the last byte goes amid commits, nothing acknowledged is lost, then or after a kill",
            arguments: [false, true]
        )
        func exhausted(isKilled: Bool) async throws {
            let disk = try SmallDisk()
            let keys = try await disk.folder.createProject("exhausted")
            var server = try await ServerProcess.start(in: disk.folder)
            let load = MixedLoad(name: "Load", seed: Faults.seed)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [server] in await load.run(against: server.client(keys)) }
                group.addTask {
                    // Faster than the server looks, so that its guard does not see it coming.
                    try await Task.sleep(for: .milliseconds(300))
                    try disk.fill(leaving: 0)
                }
                try await group.waitForAll()
            }
            let refusals = await load.refusals
            #expect(!refusals.isEmpty, "the disk was full too late")
            let known = ["Events cannot be stored at the moment", "The server's disk is nearly full"]
            #expect(refusals.allSatisfy { text in known.contains { text == #"{"code":503,"error":"\#($0)"}"# } })
            print("\(await load.acknowledgedEventCount) events acknowledged, \(Set(refusals)) \(refusals.count) times")

            if isKilled { try await server.kill() }
            try disk.empty()
            if isKilled { server = try await ServerProcess.start(in: disk.folder) }
            await load.forgetRefusals()
            // The guard looks again within a second; until then it refuses, and clients try again.
            try await Task.sleep(for: .seconds(1.1))
            let project = server.client(keys)
            try await load.expectAcknowledged(in: project, "after the disk was full")
            try await load.complete(in: project)
            let ledger = try await project.ledger()
            #expect(ledger.received == ledger.stored + ledger.duplicate && ledger.rejected == 0, "\(ledger)")
            try await server.stop()
            let (stored, sent) = (
                try StoredEvents(in: disk.folder, project: keys.id).insertIDs(), await load.insertIDs
            )
            #expect(stored.count == ledger.stored && Set(stored) == Set(sent))
        }
    }
}

/// A folder on the disk that may be filled, and what fills it.
private final class SmallDisk: Sendable {
    let folder: TestFolder
    private let ballast: URL

    init() throws {
        let disk = try #require(Faults.disk)
        ballast = disk.appending(path: "ballast")
        folder = try TestFolder(in: disk)
        try empty()
    }

    /// - Parameter bytes: as many stay free.
    func fill(leaving bytes: Int64) throws {
        let disk = ballast.deletingLastPathComponent().path
        let free = try Self.free(disk)
        _ = FileManager.default.createFile(atPath: ballast.path, contents: nil)
        let file = try FileHandle(forWritingTo: ballast)
        defer { try? file.close() }
        var length = off_t(max(0, free - bytes - (8 << 20)))
        _ = posix_fallocate(file.fileDescriptor, 0, length)
        // The server writes meanwhile, so the last of it page by page.
        while try Self.free(disk) > bytes, posix_fallocate(file.fileDescriptor, length, 4_096) == 0 { length += 4_096 }
    }

    private static func free(_ path: String) throws -> Int64 {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: path)
        return try #require((attributes[.systemFreeSize] as? NSNumber)?.int64Value)
    }

    func empty() throws {
        if FileManager.default.fileExists(atPath: ballast.path) { try FileManager.default.removeItem(at: ballast) }
    }

    deinit { try? empty() }
}

extension ProjectClient {
    /// Sends an event again and again until the answer is wanted; the last answer, if time runs out.
    fileprivate func answer(
        to event: SentEvent,
        within limit: Duration,
        _ isWanted: (HTTPAnswer) -> Bool
    ) async throws -> HTTPAnswer {
        let deadline = ContinuousClock.now + limit
        var answer = try await send([event])
        while !isWanted(answer), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(100))
            answer = try await send([event])
        }
        return answer
    }
}
