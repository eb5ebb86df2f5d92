import Foundation
import Testing

extension EndToEnd {
    /// That whoever has an API key cannot keep others from sending. Documentation/http.md H21, H22.
    ///
    /// `make hostile` runs it against the optimized server and holds it to the bar; as one of all tests it is short, and
    /// leaves room for a machine that has other things to do.
    @Suite("Hostile load")
    struct HostileLoadTests {
        /// A slowest hundredth may be so many times as slow as without hostile clients.
        private static let bar = 5.0

        @Test("honest clients get their answers in time beside hostile ones")
        func honestBesideHostile() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("attacked")
            let server = try await ServerProcess.start(in: folder)
            let honest = HonestClients(address: server.address, keys: keys)
            let hostile = HostileClients(address: server.address, keys: keys)
            _ = try await honest.send(rate: nil, for: .seconds(1))
            // Where others take the machine between one half and the other, that is no fault of the server: what it cannot
            // do it cannot do in any round.
            var isInTime = false
            for _ in 1...(HostileClients.seconds == nil ? 3 : 1) where !isInTime {
                isInTime = try await round(honest, hostile)
                print("  the server holds \(try server.memory()) MB")
            }
            #expect(isInTime)
            try await server.stop()
        }

        /// - Returns: whether honest clients waited no longer than they may. That they are all accepted is expected here.
        private func round(_ honest: HonestClients, _ hostile: HostileClients) async throws -> Bool {
            let duration = Duration.seconds(HostileClients.seconds ?? 6)
            let most = try await honest.send(rate: nil, for: duration / 2)
            let rate = most.rate / 3
            let alone = try await honest.send(rate: rate, for: duration)
            let beside = try await hostile.beside {
                // What they begin with is behind them.
                try await Task.sleep(for: .seconds(1))
                return try await honest.send(rate: rate, for: duration)
            }
            let (slowAlone, slowBeside) = (alone.latency(0.99), beside.latency(0.99))
            print(
                """
                \(honest.count) honest clients reach \(Int(most.rate)) requests/s alone; at a third of it (\(Int(rate))/s):
                  alone: p50 \(alone.latency(0.5)), p99 \(slowAlone), answers \(alone.statuses)
                  beside hostile clients: p50 \(beside.latency(0.5)), p99 \(slowBeside), answers \(beside.statuses)
                  p99 is \((slowBeside / slowAlone * 10).rounded() / 10) times that alone; the bar is \(Self.bar)
                  hostile clients: \(hostile.summary)
                """
            )
            #expect(most.isAllAccepted && alone.isAllAccepted)
            #expect(beside.isAllAccepted, "\(beside.statuses)")
            let limit = slowAlone * Self.bar
            guard HostileClients.seconds != nil else { return slowBeside < max(limit * 4, .seconds(3)) }
            // Nobody was left out: as many were sent as alone, but for the last ones.
            return slowBeside < limit && Double(beside.latencies.count) > Double(alone.latencies.count) * 0.95
        }
    }
}
