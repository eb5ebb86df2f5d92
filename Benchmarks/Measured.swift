import Foundation

/// The least that some runs took, and what the last of them answered.
struct Measured<Answer> {
    var seconds: Double
    /// Processor time of all threads: says more than `seconds` where others use the machine too.
    var cpuSeconds: Double
    var answer: Answer
}

/// The shortest of some runs.
func best<Answer>(of runs: Int, _ body: () async throws -> Answer) async rethrows -> Measured<Answer> {
    var least: Measured<Answer>?
    for _ in 0..<max(1, runs) {
        let (start, cpu) = (ContinuousClock.now, ProcessMeter.ownCPUSeconds())
        let answer = try await body()
        let (seconds, cpuSeconds) = (start.duration(to: .now) / .seconds(1), ProcessMeter.ownCPUSeconds() - cpu)
        least = Measured(
            seconds: min(seconds, least?.seconds ?? .infinity),
            cpuSeconds: min(cpuSeconds, least?.cpuSeconds ?? .infinity),
            answer: answer
        )
    }
    return least!
}

extension Measured {
    func mapAnswer<Other>(_ body: (Answer) throws -> Other) rethrows -> Measured<Other> {
        Measured<Other>(seconds: seconds, cpuSeconds: cpuSeconds, answer: try body(answer))
    }
}

/// Two sides gave different answers.
struct AnswersDiffer: Error, CustomStringConvertible {
    var question: String
    var ours: [String]
    var theirs: [String]

    var description: String {
        let first = zip(ours, theirs).first { $0 != $1 }
        return "\(question): the answers differ. Ours has \(ours.count) cells, theirs \(theirs.count);"
            + " the first that differ: \(first.map { "\($0), \($1)" } ?? "at the end")."
    }
}

/// Prints a row: ours, theirs, with their processor time, and how many times faster ours is.
///
/// - Parameter bar: how many times faster it has to be.
func report<A, B>(
    _ question: String,
    ours: Measured<A>,
    theirs: Measured<B>,
    rival: String,
    bar: Double? = nil
) {
    func times<Answer>(_ measured: Measured<Answer>) -> String {
        String(format: "%8.1f ms (CPU %8.1f)", measured.seconds * 1000, measured.cpuSeconds * 1000)
    }
    let ratio = theirs.seconds / ours.seconds
    var row = question.padding(toLength: max(52, question.count), withPad: " ", startingAt: 0)
    row += "ours \(times(ours))  \(rival) \(times(theirs))"
    row += String(format: " %6.1fx (by CPU %.1fx)", ratio, theirs.cpuSeconds / ours.cpuSeconds)
    if let bar { row += String(format: " (bar: at least %gx, ", bar) + (ratio >= bar ? "held)" : "MISSED)") }
    print(row)
}

/// Prints a figure and what it has to be.
func reportBar(_ name: String, _ figures: String, bar: String, holds: Bool) {
    print("\(name): \(figures) (bar: \(bar), \(holds ? "held" : "MISSED"))")
}

/// Prints how busy the machine is, with us and with others.
func reportLoad() {
    var loads = [Double](repeating: 0, count: 1)
    // Safe: it writes one number, for which there is room.
    guard unsafe getloadavg(&loads, 1) == 1 else { return }
    print(
        String(
            format: "load of the last minute: %.1f on %d cores",
            loads[0],
            ProcessInfo.processInfo.activeProcessorCount
        )
    )
}
