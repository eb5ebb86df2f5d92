import Foundation

/// What the system says of this process, under the names that all of Prometheus' clients use. Empty where it says nothing:
/// it is read from Linux' `/proc`.
public enum ProcessFigures {
    public static var current: [Figure] {
        func file(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
        let openFiles = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count
        return figures(
            stat: file("/proc/self/stat"),
            limits: file("/proc/self/limits"),
            systemStat: file("/proc/stat"),
            openFiles: openFiles,
            ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
            pageBytes: Double(sysconf(Int32(_SC_PAGESIZE)))
        )
    }

    /// - Parameters:
    ///   - stat: `/proc/self/stat`, one line (proc(5)).
    ///   - limits: `/proc/self/limits`.
    ///   - systemStat: `/proc/stat`, which has the time of the last boot.
    static func figures(
        stat: String,
        limits: String,
        systemStat: String,
        openFiles: Int?,
        ticksPerSecond: Double,
        pageBytes: Double
    ) -> [Figure] {
        // The second field is the program's name in parentheses, which may hold blanks and parentheses.
        guard let end = stat.lastIndex(of: ")") else { return [] }
        let fields = stat[stat.index(after: end)...].split(separator: " ").map { Double($0) }
        /// - Parameter number: as proc(5) counts, from 1.
        func field(_ number: Int) -> Double? { number - 3 < fields.count ? fields[number - 3] : nil }
        var figures: [Figure] = []
        func add(_ name: String, _ value: Double?, isCounter: Bool = false) {
            if let value { figures.append(Figure(name, value, isCounter: isCounter)) }
        }
        if let user = field(14), let system = field(15) {
            add("process_cpu_seconds_total", (user + system) / ticksPerSecond, isCounter: true)
        }
        add("process_threads", field(20))
        let boot = systemStat.firstMatch(of: /(?m)^btime (\d+)/).flatMap { Double($0.1) }
        if let boot, let start = field(22) { add("process_start_time_seconds", boot + start / ticksPerSecond) }
        add("process_virtual_memory_bytes", field(23))
        add("process_resident_memory_bytes", field(24).map { $0 * pageBytes })
        add("process_open_fds", openFiles.map(Double.init))
        add("process_max_fds", limits.firstMatch(of: /(?m)^Max open files +(\d+)/).flatMap { Double($0.1) })
        return figures
    }

    /// What they tell, by name.
    public static let descriptions = [
        "process_cpu_seconds_total": "Seconds of processor time that the server has used.",
        "process_threads": "Threads of the server.",
        "process_start_time_seconds": "When the server started, in seconds since 1970.",
        "process_virtual_memory_bytes": "Bytes of address space that the server has.",
        "process_resident_memory_bytes": "Bytes of memory that the server has.",
        "process_open_fds": "Files and connections that the server has open.",
        "process_max_fds": "How many files and connections the server may have open.",
    ]
}
