import Foundation

/// What a process has used so far, as Linux tells in `/proc`.
struct ProcessMeter {
    let pid: Int32

    /// This process.
    static var own: ProcessMeter { ProcessMeter(pid: getpid()) }

    /// Processor time of this process so far, exactly.
    static func ownCPUSeconds() -> Double {
        var time = timespec()
        // Safe: the call only writes to `time`.
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    struct Unreadable: Error, CustomStringConvertible {
        var description: String
    }

    /// Processor time of all its threads, in user mode and in the kernel; in steps of 10 ms.
    func cpuSeconds() throws -> Double {
        // The second field is the program's name in parentheses; utime and stime are the 14th and the 15th.
        let fields = try file("stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw Unreadable(description: "/proc/\(pid)/stat has no times.")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Resident memory in MB (10⁶ bytes).
    func residentMegabytes() throws -> Double { try megabytes("VmRSS") }

    /// The most resident memory since its start or since ``forgetPeak()``, in MB.
    func peakMegabytes() throws -> Double { try megabytes("VmHWM") }

    func forgetPeak() throws {
        try Data("5".utf8).write(to: URL(filePath: "/proc/\(pid)/clear_refs"))
    }

    private func megabytes(_ field: String) throws -> Double {
        for line in try file("status").split(separator: "\n") where line.hasPrefix(field + ":") {
            if let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Double($0) }) {
                return kibibytes * 1024 / 1_000_000
            }
        }
        throw Unreadable(description: "/proc/\(pid)/status has no \(field).")
    }

    private func file(_ name: String) throws -> String {
        try String(contentsOfFile: "/proc/\(pid)/\(name)", encoding: .utf8)
    }
}
