import Foundation

/// A request with events as it goes over the wire, built before the measured part.
struct PreparedRequest: Sendable {
    private(set) var bytes: [UInt8]
    /// Where the events' insert_ids begin.
    private let insertIDs: [Int]

    var eventCount: Int { insertIDs.count }

    init(_ events: [String], apiKey: String) {
        let opening = "{\"api_key\":\"\(apiKey)\",\"events\":["
        let length = opening.utf8.count + events.reduce(0) { $0 + $1.utf8.count + 1 } + 1
        bytes = Array(
            """
            POST /2/httpapi HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: \(length)\
            \r\n\r\n\(opening)
            """.utf8
        )
        bytes.reserveCapacity(bytes.count + length)
        var places: [Int] = []
        for (index, event) in events.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            places.append(bytes.count + AppEvents.insertIDOffset)
            bytes += event.utf8
        }
        bytes += "]}".utf8
        insertIDs = places
    }

    /// Requests of `size` events each, the last of what is left.
    static func all(_ events: AppEvents, size: Int, apiKey: String) -> [PreparedRequest] {
        var events = events
        var requests: [PreparedRequest] = []
        while case let batch = Array((0..<size).lazy.compactMap { _ in events.next() }), !batch.isEmpty {
            requests.append(PreparedRequest(batch, apiKey: apiKey))
        }
        return requests
    }

    /// Most rounds that a stamp can tell apart.
    static let mostRounds = 1 << 16

    /// Writes the round into the first four digits of each insert_id: the same events are then no duplicates.
    mutating func stamp(round: Int) {
        precondition((0..<Self.mostRounds).contains(round))
        for digit in 0..<4 {
            let value = UInt8(round >> (4 * (3 - digit)) & 15)
            let character = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
            for place in insertIDs { bytes[place + digit] = character }
        }
    }
}

/// Sends requests over some connections at once, each of which waits for an answer before it goes on.
struct LoadGenerator {
    var port: UInt16
    var connections: Int
    /// How often each request is sent at most, each time with new insert_ids.
    var rounds: Int
    /// Rounds before this one were sent by others.
    var firstRound = 0
    /// After this nothing new is sent.
    var duration: Duration

    /// What was acknowledged.
    struct Acknowledged {
        var requests = 0
        var events = 0
        var seconds = 0.0
    }

    /// - Throws: if an answer is not 200.
    func run(_ requests: [PreparedRequest]) async throws -> Acknowledged {
        let start = ContinuousClock.now
        var total = Acknowledged()
        try await withThrowingTaskGroup(of: Acknowledged.self) { group in
            for number in 0..<connections {
                let share = stride(from: number, to: requests.count, by: connections).map { requests[$0] }
                group.addTask { try await onThread { try send(share, until: start + duration) } }
            }
            for try await part in group {
                total.requests += part.requests
                total.events += part.events
            }
        }
        total.seconds = start.duration(to: .now) / .seconds(1)
        return total
    }

    private func send(_ share: [PreparedRequest], until end: ContinuousClock.Instant) throws -> Acknowledged {
        var share = share
        var connection = try HTTPConnection(port: port)
        var done = Acknowledged()
        for round in firstRound..<min(firstRound + rounds, PreparedRequest.mostRounds) {
            for index in share.indices {
                if ContinuousClock.now >= end { return done }
                if round > 0 { share[index].stamp(round: round) }
                let answer = try connection.exchange(share[index].bytes)
                guard answer.status == 200 else {
                    throw HTTPConnection.Failed(description: "Events were answered \(answer)")
                }
                done.requests += 1
                done.events += share[index].eventCount
            }
        }
        return done
    }
}

/// Runs `body`, which blocks, on a thread of its own.
private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}
