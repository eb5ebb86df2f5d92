import Foundation
import NIOCore

/// Clients that send an event at a time, each on a connection of its own, and wait for the answer.
struct HonestClients {
    /// What came of their requests.
    struct Outcome {
        var statuses: [Int: Int] = [:]
        var latencies: [Duration] = []
        var seconds: Double

        /// Requests a second.
        var rate: Double { Double(latencies.count) / seconds }
        var isAllAccepted: Bool { statuses.keys.allSatisfy { $0 == 200 } && !latencies.isEmpty }

        /// - Parameter share: of the requests that were no slower.
        func latency(_ share: Double) -> Duration {
            let sorted = latencies.sorted()
            return sorted.isEmpty ? .zero : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
        }
    }

    let address: String
    let keys: ProjectKeys
    var count = 8

    /// - Parameter rate: requests a second of all together; `nil` is as many as they get answers for.
    func send(rate: Double?, for duration: Duration) async throws -> Outcome {
        let begin = ContinuousClock.now
        return try await withThrowingTaskGroup(of: [(status: Int, latency: Duration)].self) { group in
            for number in 0..<count {
                group.addTask {
                    try await send(number, every: rate.map { .seconds(Double(count) / $0) }, until: begin + duration)
                }
            }
            var outcome = Outcome(seconds: duration / .seconds(1))
            for try await answers in group {
                for answer in answers {
                    outcome.statuses[answer.status, default: 0] += 1
                    outcome.latencies.append(answer.latency)
                }
            }
            return outcome
        }
    }

    private func send(
        _ number: Int,
        every interval: Duration?,
        until end: ContinuousClock.Instant
    ) async throws -> [(status: Int, latency: Duration)] {
        let client = try await QuickClient.open(address)
        let event = """
            {"user_id":"honest-\(number)","event_type":"Good","event_properties":{"page":"/pricing","step":\(number)},\
            "platform":"Web","language":"English","device_model":"Mac"}
            """
        let request = ByteBuffer(
            string: RawRequest.post("/2/httpapi", #"{"api_key":"\#(keys.apiKey)","events":[\#(event)]}"#)
        )
        var answers: [(status: Int, latency: Duration)] = []
        // Not all at the same moment.
        var due = ContinuousClock.now + (interval ?? .zero) * Double(number) / Double(count)
        var last = ContinuousClock.now
        while due < end, last < end {
            if interval != nil, ContinuousClock.now < due { try await Task.sleep(until: due, clock: .continuous) }
            // A request that had to wait for the answer before it is late, however quick its own answer is.
            let begin = interval != nil && last > due ? due : .now
            let status = try await client.ask(request)
            last = .now
            answers.append((status, last - begin))
            if let interval { due += interval }
        }
        try await client.close()
        return answers
    }
}
