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
            let duration = Duration.seconds(HostileClients.seconds ?? 6)
            _ = try await honest.send(rate: nil, for: .seconds(1))
            let most = try await honest.send(rate: nil, for: duration / 2)
            let rate = most.rate / 3
            let alone = try await honest.send(rate: rate, for: duration)
            let hostile = HostileClients(address: server.address, keys: keys)
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
                  hostile clients: \(hostile.summary); the server holds \(try server.memory()) MB
                """
            )
            #expect(most.isAllAccepted && alone.isAllAccepted)
            #expect(beside.isAllAccepted, "\(beside.statuses)")
            let limit = slowAlone * Self.bar
            #expect(slowBeside < (HostileClients.seconds == nil ? max(limit * 4, .seconds(3)) : limit))
            // Nobody was left out: as many were sent as alone, but for the last ones.
            #expect(
                Double(beside.latencies.count) > Double(alone.latencies.count)
                    * (HostileClients.seconds == nil ? 0.5 : 0.95)
            )
            try await server.stop()
        }
    }
}
