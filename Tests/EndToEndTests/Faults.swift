import Foundation

/// How much the tests of faults are to do: `make faults` asks for more than `make test` does.
enum Faults {
    /// `KILLS` in the environment.
    static let kills = ProcessInfo.processInfo.environment["KILLS"].flatMap { Int($0) } ?? 12
    /// `KILL_SEED`, or another one each time; it is printed, and gives the same moments again.
    static let seed = ProcessInfo.processInfo.environment["KILL_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...(.max))
    /// A folder on a disk of its own of 400 MB, which may be filled; `make fault-disk` makes one.
    static let disk = ProcessInfo.processInfo.environment["FAULT_DISK"].map { URL(filePath: $0) }
}
