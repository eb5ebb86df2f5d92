import Testing

@testable import PrometheusMetrics

@Suite("What the system says of the process")
struct ProcessFiguresTests {
    @Test("figures out of Linux' files, whatever the program is called")
    func parsed() {
        let figures = ProcessFigures.figures(
            stat:
                "42 (a) b (c) S 1 42 42 0 -1 4194560 500 0 0 0 250 50 0 0 20 0 7 0 12000 1048576 25 18446744073709551615",
            limits: """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             96365                96365                processes
                Max open files            1024                 1048576              files
                """,
            systemStat: "cpu  1 2 3\nbtime 1700000000\nprocesses 9\n",
            openFiles: 17,
            ticksPerSecond: 100,
            pageBytes: 4096
        )
        let found = Dictionary(uniqueKeysWithValues: figures.map { ($0.name, $0.value) })
        #expect(
            found == [
                "process_cpu_seconds_total": 3, "process_threads": 7, "process_start_time_seconds": 1_700_000_120,
                "process_virtual_memory_bytes": 1_048_576, "process_resident_memory_bytes": 102_400,
                "process_open_fds": 17, "process_max_fds": 1024,
            ]
        )
        #expect(figures.filter(\.isCounter).map(\.name) == ["process_cpu_seconds_total"])
        #expect(Set(found.keys) == Set(ProcessFigures.descriptions.keys))
    }

    @Test("where the system says nothing, there is nothing")
    func missing() {
        let figures = ProcessFigures.figures(
            stat: "",
            limits: "",
            systemStat: "",
            openFiles: nil,
            ticksPerSecond: 100,
            pageBytes: 4096
        )
        #expect(figures.isEmpty)
    }

    #if os(Linux)
    @Test("on Linux all of them are there")
    func current() {
        #expect(Set(ProcessFigures.current.map(\.name)) == Set(ProcessFigures.descriptions.keys))
        #expect(ProcessFigures.current.allSatisfy { $0.value > 0 })
    }
    #endif
}
