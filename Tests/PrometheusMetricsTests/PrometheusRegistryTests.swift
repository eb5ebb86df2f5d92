import CoreMetrics
import PrometheusMetrics
import Testing

@Suite struct PrometheusRegistryTests {
    @Test("each kind of measure, as Prometheus reads it")
    func text() {
        let registry = PrometheusRegistry(descriptions: [
            "http_requests_total": "Requests,\nby \"path\".", "free": "What is free \\ not used.",
        ])
        let requests = registry.makeCounter(label: "http.requests", dimensions: [("path", "/a\"b\\c\nd")])
        requests.increment(by: 2)
        requests.increment(by: 1)
        registry.makeCounter(label: "http.requests", dimensions: [("path", "/")]).increment(by: 1)
        registry.makeMeter(label: "free", dimensions: []).set(2.5)
        let sizes = registry.makeRecorder(label: "size", dimensions: [], aggregate: true)
        sizes.record(2.5)
        sizes.record(Int64(1))
        #expect(
            registry.text() == """
                # HELP free What is free \\\\ not used.
                # TYPE free gauge
                free 2.5
                # HELP http_requests_total Requests,\\nby "path".
                # TYPE http_requests_total counter
                http_requests_total{path="/"} 1.0
                http_requests_total{path="/a\\"b\\\\c\\nd"} 3.0
                # HELP size Not described.
                # TYPE size summary
                size_sum 3.5
                size_count 2

                """
        )
    }

    @Test("what is forgotten is not shown any more, and begins with nothing if it comes again")
    func forgotten() {
        let registry = PrometheusRegistry()
        func counter(_ project: String) -> any CounterHandler {
            registry.makeCounter(label: "events", dimensions: [("project", project), ("fate", "stored")])
        }
        let first = counter("a\"b")
        first.increment(by: 2)
        counter("a").increment(by: 3)
        registry.makeCounter(label: "all", dimensions: []).increment(by: 5)
        registry.forget("project", "a\"b")
        registry.forget("fate", "a")
        first.increment(by: 2)
        #expect(!registry.text().contains("a\\\"b"))
        #expect(
            registry.text().contains("{project=\"a\",fate=\"stored\"} 3.0") && registry.text().contains("all_total 5.0")
        )
        counter("a\"b").increment(by: 1)
        #expect(registry.text().contains("{project=\"a\\\"b\",fate=\"stored\"} 1.0"))
    }

    @Test("a duration is counted in each bucket that it fits into; the last takes all")
    func histogram() {
        let registry = PrometheusRegistry(descriptions: ["commit_seconds": "How long."])
        let timer = registry.makeTimer(label: "commit", dimensions: [("a", "b")])
        // At a bound it is within; 61 s is beyond all.
        for nanoseconds in [500_000, 1_000_000, 1_000_001, 2_000_000_000, 61_000_000_000] as [Int64] {
            timer.recordNanoseconds(nanoseconds)
        }
        let lines = registry.text().split(separator: "\n").map(String.init)
        #expect(lines[0...1] == ["# HELP commit_seconds How long.", "# TYPE commit_seconds histogram"])
        let buckets = lines.filter { $0.contains("_bucket{") }
        #expect(
            buckets == [
                #"commit_seconds_bucket{a="b",le="0.001"} 2"#, #"commit_seconds_bucket{a="b",le="0.0025"} 3"#,
                #"commit_seconds_bucket{a="b",le="0.005"} 3"#, #"commit_seconds_bucket{a="b",le="0.01"} 3"#,
                #"commit_seconds_bucket{a="b",le="0.025"} 3"#, #"commit_seconds_bucket{a="b",le="0.05"} 3"#,
                #"commit_seconds_bucket{a="b",le="0.1"} 3"#, #"commit_seconds_bucket{a="b",le="0.25"} 3"#,
                #"commit_seconds_bucket{a="b",le="0.5"} 3"#, #"commit_seconds_bucket{a="b",le="1.0"} 3"#,
                #"commit_seconds_bucket{a="b",le="2.5"} 4"#, #"commit_seconds_bucket{a="b",le="5.0"} 4"#,
                #"commit_seconds_bucket{a="b",le="10.0"} 4"#, #"commit_seconds_bucket{a="b",le="30.0"} 4"#,
                #"commit_seconds_bucket{a="b",le="60.0"} 4"#, #"commit_seconds_bucket{a="b",le="+Inf"} 5"#,
            ]
        )
        #expect(lines.suffix(2) == [#"commit_seconds_sum{a="b"} 63.002500001"#, #"commit_seconds_count{a="b"} 5"#])
    }

    @Test("what is looked up stands among what is measured")
    func figures() {
        let registry = PrometheusRegistry(descriptions: ["b_bytes": "B.", "c_total": "C."])
        registry.makeMeter(label: "a", dimensions: []).set(1.0)
        registry.makeMeter(label: "d", dimensions: []).set(1.0)
        let text = registry.text(with: [
            Figure("c_total", 4, isCounter: true), Figure("b_bytes", 2, labels: [("project", "y")]),
            Figure("b_bytes", 1, labels: [("project", "x")]),
        ])
        #expect(
            text.split(separator: "\n").filter { !$0.hasPrefix("# HELP") } == [
                "# TYPE a gauge", "a 1.0", "# TYPE b_bytes gauge", "b_bytes{project=\"x\"} 1.0",
                "b_bytes{project=\"y\"} 2.0", "# TYPE c_total counter", "c_total 4.0", "# TYPE d gauge", "d 1.0",
            ]
        )
    }

    @Test("the same name and labels are one series; a name that Prometheus would not take is changed")
    func same() {
        let registry = PrometheusRegistry()
        for _ in 0..<3 { registry.makeCounter(label: "a_total", dimensions: [("b", "c")]).increment(by: 1) }
        registry.makeMeter(label: "1.ü-x", dimensions: []).set(1.0)
        let lines = registry.text().split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines == ["_1___x 1.0", "a_total{b=\"c\"} 3.0"])
    }

    @Test("labels from outside cannot fill the memory")
    func bounded() {
        let registry = PrometheusRegistry(mostSeries: 3)
        for number in 0..<10 { registry.makeCounter(label: "a", dimensions: [("n", "\(number)")]).increment(by: 1) }
        #expect(registry.text().split(separator: "\n").count { !$0.hasPrefix("#") } == 3)
    }
}
