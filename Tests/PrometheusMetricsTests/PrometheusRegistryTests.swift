import CoreMetrics
import PrometheusMetrics
import Testing

@Suite struct PrometheusRegistryTests {
    @Test("each kind of measure, as Prometheus reads it")
    func text() {
        let registry = PrometheusRegistry()
        let requests = registry.makeCounter(label: "http.requests", dimensions: [("path", "/a\"b\\c\nd")])
        requests.increment(by: 2)
        requests.increment(by: 1)
        registry.makeCounter(label: "http.requests", dimensions: [("path", "/")]).increment(by: 1)
        registry.makeMeter(label: "free", dimensions: []).set(2.5)
        let timer = registry.makeTimer(label: "commit", dimensions: [])
        timer.recordNanoseconds(1_500_000_000)
        timer.recordNanoseconds(500_000_000)
        #expect(
            registry.text == """
                # TYPE commit_seconds summary
                commit_seconds_sum 2.0
                commit_seconds_count 2
                # TYPE free gauge
                free 2.5
                # TYPE http_requests counter
                http_requests{path="/"} 1.0
                http_requests{path="/a\\"b\\\\c\\nd"} 3.0

                """
        )
    }

    @Test("the same name and labels are one series")
    func same() {
        let registry = PrometheusRegistry()
        for _ in 0..<3 { registry.makeCounter(label: "a", dimensions: [("b", "c")]).increment(by: 1) }
        #expect(registry.text == "# TYPE a counter\na{b=\"c\"} 3.0\n")
    }

    @Test("labels from outside cannot fill the memory")
    func bounded() {
        let registry = PrometheusRegistry(mostSeries: 3)
        for number in 0..<10 { registry.makeCounter(label: "a", dimensions: [("n", "\(number)")]).increment(by: 1) }
        #expect(registry.text.split(separator: "\n").count == 4)
    }
}
