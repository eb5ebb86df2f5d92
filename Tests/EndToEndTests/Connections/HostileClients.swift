import Foundation
import NIOCore
import Synchronization

/// Whoever has a project's API key, which stands in every page, and means no good: events with U+0000 in a name one after
/// another, bodies of 15 MB at 5 MB a second, and 300 connections on which nothing goes on.
final class HostileClients: Sendable {
    /// How long `make hostile` has them go on; `nil` where they are one test of many.
    static let seconds = ProcessInfo.processInfo.environment["HOSTILE_SECONDS"].flatMap { Int($0) }
    /// That takes so long in all.
    static var minutes: Int { (seconds ?? 0) / 20 }

    private let address: String
    private let keys: ProjectKeys
    private let statuses = Mutex<[String: [Int: Int]]>([:])

    init(address: String, keys: ProjectKeys) {
        self.address = address
        self.keys = keys
    }

    /// How many got which answer, for people.
    var summary: String {
        statuses.withLock { $0 }.sorted { $0.key < $1.key }
            .map { kind, counts in
                let answers = counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
                return "\(kind): \(answers.joined(separator: ", "))"
            }
            .joined(separator: "; ")
    }

    /// Runs `body` while they are at it.
    func beside<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let stalled = try await stall(300)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            for attack in [names, largeBodies] {
                group.addTask {
                    // A server that closes the connection is met again.
                    while !Task.isCancelled { try? await attack() }
                    return nil
                }
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                guard let value = ended else { continue }
                group.cancelAll()
                for client in stalled { await client.close() }
                return value
            }
            throw CancellationError()
        }
    }

    /// Connections that have begun and do not go on.
    private func stall(_ count: Int) async throws -> [RawConnection] {
        var stalled: [RawConnection] = []
        for number in 0..<count {
            let client = try await RawConnection.open(address)
            switch number % 4 {
            case 0: try await client.send("GET /health HTTP/1.1\r\nHo")
            case 1: try await client.send("POST /2/httpapi HTTP/1.1\r\nContent-Length: 1000\r\n\r\n{")
            case 2: try await client.send("POST /batch HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{")
            default: break
            }
            stalled.append(client)
        }
        return stalled
    }

    private func names() async throws {
        let client = try await QuickClient.open(address)
        let event = #"{"user_id":"hostile","event_type":"Bad","event_properties":{"base\u0000":1}}"#
        let request = RawRequest.post("/2/httpapi", #"{"api_key":"\#(keys.apiKey)","events":[\#(event)]}"#)
        while !Task.isCancelled { note("U+0000", try await client.ask(ByteBuffer(string: request))) }
        try await client.close()
    }

    /// A batch that is taken: 2,000 events of 7.5 KB.
    private func largeBodies() async throws {
        let filling = String(repeating: "0123456789", count: 740)
        let event = #"{"user_id":"hostile","event_type":"Large","event_properties":{"filling":"\#(filling)"}}"#
        let events = Array(repeating: event, count: 2_000).joined(separator: ",")
        let body = ByteBuffer(string: #"{"api_key":"\#(keys.apiKey)","events":[\#(events)]}"#)
        let client = try await RawConnection.open(address)
        while !Task.isCancelled {
            try await client.send("POST /batch HTTP/1.1\r\nContent-Length: \(body.readableBytes)\r\n\r\n")
            var (rest, due) = (body, ContinuousClock.now)
            while let piece = rest.readSlice(length: min(256 << 10, rest.readableBytes)), piece.readableBytes > 0 {
                client.sendInPassing(piece)
                due += .milliseconds(50)
                try await Task.sleep(until: due, clock: .continuous)
            }
            note("15 MB", try await client.answer(within: .seconds(60)).status)
        }
        await client.close()
    }

    private func note(_ kind: String, _ status: Int) {
        statuses.withLock { $0[kind, default: [:]][status, default: 0] += 1 }
    }
}
