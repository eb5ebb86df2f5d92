import Foundation

/// How many files and connections this process may have open at a time.
enum Descriptors {
    /// Raises the limit to the highest that the system allows without asking an administrator: each connection takes one,
    /// and the usual limit is low for the sake of programs that are not servers.
    ///
    /// - Returns: the limit from now on.
    static func raiseLimit() -> Int {
        var limit = rlimit()
        // Safe: the C library reads or writes one `rlimit`.
        guard unsafe getrlimit(resource, &limit) == 0 else { return 1_024 }
        if limit.rlim_cur < limit.rlim_max {
            var higher = limit
            #if os(macOS)
            // Its kernel refuses more than this, although it names no highest limit.
            higher.rlim_cur = min(limit.rlim_max, rlim_t(OPEN_MAX))
            #else
            higher.rlim_cur = limit.rlim_max
            #endif
            if unsafe setrlimit(resource, &higher) == 0 { limit = higher }
        }
        return Int(clamping: limit.rlim_cur)
    }

    #if os(macOS)
    private static let resource = RLIMIT_NOFILE
    #else
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #endif

    /// How many connections may be open: some descriptors stay for the files of projects that are opened meanwhile.
    ///
    /// - Parameters:
    ///   - limit: of descriptors.
    ///   - memory: the machine's, in bytes. A connection takes some tens of kilobytes.
    static func connections(limit: Int, memory: Int) -> Int {
        let reserve = min(1_024, limit / 2)
        return max(16, min(limit - reserve, memory / 16 / (64 << 10)))
    }
}
