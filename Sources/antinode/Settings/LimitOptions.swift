import AmplitudeAPI
import ArgumentParser
import ColumnEngine
import EventModel
import Ingestion

/// How much clients may send.
struct LimitOptions: ParsableArguments {
    @Option(name: .long, help: "Most bytes of a request to /2/httpapi; larger ones get a 413. (default: 1048575)")
    var requestBytes: Int?

    @Option(name: .long, help: "Most events of a request to /2/httpapi. (default: 1999)")
    var requestEvents: Int?

    @Option(name: .long, help: "Most bytes of a request to /batch. (default: 20971520)")
    var batchRequestBytes: Int?

    @Option(name: .long, help: "Most events of a request to /batch. (default: 2000)")
    var batchRequestEvents: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Megabytes that the bodies of requests may hold at the same time, over all connections; beyond, the largest"
                + " get a 503. (default: the machine's memory / 192, from 64 to 256)",
            valueName: "megabytes"
        )
    )
    var requestMemory: Int?

    @Option(
        name: .long,
        help: """
            Most events a second that one device, or one user, may send to /2/httpapi and the older endpoints, averaged \
            over --rate-window; more get a 429. Amplitude's is 30. (default: no limit)
            """
    )
    var eventsPerSecond: Int?

    @Option(name: .long, help: "The same for /batch. Amplitude's is 1000. (default: no limit)")
    var batchEventsPerSecond: Int?

    @Option(
        name: .long,
        help: """
            Most events that one device, or one user, may send to /batch in the current hour and the 23 before it; more \
            get a 429. Amplitude's is 500000. (default: no limit)
            """
    )
    var batchEventsPerDay: Int?

    @Option(name: .long, help: "Seconds over which rates are averaged, 1 to 3600. (default: 30)")
    var rateWindow: Int?
}

/// How much clients may send: each limit from the command line, the environment or the settings file.
struct ServerLimits {
    var requests: RequestLimits
    var rates: [IngestionEndpoint: RateLimits]
    /// Bytes that the bodies of requests may hold at the same time.
    var requestMemory: Int

    init(_ options: LimitOptions, _ settings: SettingsReader) throws {
        /// `nil` if nobody says anything.
        func number(_ option: Int?, _ setting: Setting, in range: ClosedRange<Int>) throws -> Int? {
            guard let text = settings.text(setting, option: option.map(String.init)) else { return nil }
            guard let number = Int(text), range.contains(number) else {
                throw ValidationError(
                    "\(setting.rawValue) must be a number from \(range.lowerBound) to \(range.upperBound); it is"
                        + " \(text.shown())."
                )
            }
            return number
        }
        let bytes = 1...1 << 30
        let count = 1...1_000_000
        requests = RequestLimits()
        if let most = try number(options.requestBytes, .requestBytes, in: bytes) { requests.httpV2.bytes = most }
        if let most = try number(options.requestEvents, .requestEvents, in: count) { requests.httpV2.events = most }
        if let most = try number(options.batchRequestBytes, .batchRequestBytes, in: bytes) {
            requests.batch.bytes = most
        }
        if let most = try number(options.batchRequestEvents, .batchRequestEvents, in: count) {
            requests.batch.events = most
        }
        let megabytes = try number(options.requestMemory, .requestMemory, in: 1...1 << 20)
        // Three of the largest have room in any case.
        requestMemory =
            megabytes.map { $0 << 20 }
            ?? max(min(max(MachineMemory.bytes / 192, 64 << 20), 256 << 20), 3 * requests.batch.bytes)
        let window = try number(options.rateWindow, .rateWindow, in: 1...3_600) ?? 30
        rates = [
            .httpV2: RateLimits(
                eventsPerSecond: try number(options.eventsPerSecond, .eventsPerSecond, in: count),
                windowSeconds: window
            ),
            .batch: RateLimits(
                eventsPerSecond: try number(options.batchEventsPerSecond, .batchEventsPerSecond, in: count),
                windowSeconds: window,
                eventsPerDay: try number(options.batchEventsPerDay, .batchEventsPerDay, in: 1...1_000_000_000)
            ),
        ]
    }
}
