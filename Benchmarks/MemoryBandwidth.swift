import Dispatch
import Synchronization

/// How quickly this machine reads memory: what no scan can beat.
enum MemoryBandwidth {
    private static let words = 64_000_000

    /// Bytes a second that as many threads as there are cores sum up together, each its part of one large array; the best
    /// of some runs.
    static func measure() async -> Double {
        let array = [UInt64](repeating: 1, count: words)
        let threads = BenchmarkFile.threads
        let total = Mutex<UInt64>(0)
        let run = await best(of: 5) {
            DispatchQueue.concurrentPerform(iterations: threads) { thread in
                let own = array[words * thread / threads..<words * (thread + 1) / threads]
                var sum: UInt64 = 0
                for word in own { sum &+= word }
                total.withLock { $0 &+= sum }
            }
        }
        // The sum is used, so that it is not left out.
        precondition(total.withLock { $0 } == UInt64(words) * 5, "every word is summed once a run")
        return Double(words * MemoryLayout<UInt64>.size) / run.seconds
    }
}
