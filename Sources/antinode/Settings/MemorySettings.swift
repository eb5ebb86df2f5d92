import CMalloc

/// How the C library deals with freed memory.
enum MemorySettings {
    /// Requests and batches ask for some hundred kilobytes at a time and give them back in a moment. By itself the C
    /// library returns those to the system at once, and every page that comes back must be cleared by the kernel, which
    /// was a quarter of all that an event cost. So some memory is kept, and threads share it.
    static func apply() {
        #if os(Linux)
        _ = mallopt(M_MMAP_THRESHOLD, 32 << 20)
        _ = mallopt(M_TRIM_THRESHOLD, 64 << 20)
        _ = mallopt(M_ARENA_MAX, 2)
        #endif
    }
}
