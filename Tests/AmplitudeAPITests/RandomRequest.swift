import TestSupport

/// Requests to the Dashboard API that nobody would write, and some that somebody would: each parameter is mostly there and
/// mostly makes sense, but need not.
struct RandomRequest {
    var random: SeededRandom
    /// Of endpoints that are documented and to come.
    let unbuilt: [String]

    private static let types = ["Play", "Stop", "Bu\u{308}y", "$x", "_active", "_all", "revenue_amount"]
    private static let properties = [
        "plan", "gp:plan", "level", "gp:level", "size", "tags", "both", "country", "version", "device_family", "os",
        "DMA",
        "paying", "user_id", "user_properties", "none", "gp:", "ünï", "gp:gp:plan",
    ]
    private static let values = [
        "\"free\"", "\"3\"", "3", "2.5", "-1e9", "true", "null", "\"(none)\"", "\"\"", "\"ä\"", "[]", "{}", "1e999",
        "\"*\"",
        "\"[a-\"", "12345678901234567890",
    ]
    private static let operators = [
        "is", "is not", "contains", "does not contain", "less", "less or equal", "greater", "greater or equal",
        "set is",
        "set is not", "set contains", "set does not contain", "starts with", "does not start with", "glob match",
    ]
    private static let odd = [
        "", " ", "0", "-1", "1", "2", "99999999999999999999", "1.5", "nan", "null", "{}", "[]", "[[", "\"", "\u{0}",
        "é",
        "\u{1F3A7}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "{\"a\":{\"b\":[1,2,{\"c\":null}]}}", "%", "a;b",
        "'",
        String(repeating: "x", count: 5_000),
    ]

    /// - Returns: the path and the parameters, not escaped.
    mutating func next() -> (path: String, parameters: [(String, String)]) {
        if random.once(in: 40) { return (random.pick(unbuilt), range()) }
        var request = asked()
        // Something is missing, sent twice, or not what it should be.
        while !request.parameters.isEmpty, random.once(in: 6) {
            let place = random.below(request.parameters.count)
            switch random.below(5) {
            case 0: request.parameters.remove(at: place)
            case 1: request.parameters.append(request.parameters[place])
            case 2: request.parameters[place].1 = random.pick(Self.odd)
            case 3: request.parameters[place].1 = broken(request.parameters[place].1)
            default: request.parameters.append((random.pick(Self.names), random.pick(Self.odd)))
            }
        }
        return ("/api/2/\(request.path)", request.parameters)
    }

    private static let names = [
        "e", "e2", "e3", "s", "g", "g2", "p", "m", "n", "i", "limit", "formula", "rollingWindow", "rollingAverage",
        "cs",
        "mode", "rm", "rb", "start", "end", "drill", "drillAfter", "drillLimit", "user", "offset", "direction",
        "timeHistogramConfigBinSize",
    ]

    private mutating func asked() -> (path: String, parameters: [(String, String)]) {
        switch random.below(14) {
        case 0...3: ("events/segmentation", segmentation())
        case 4...6: ("funnels", funnel())
        case 7, 8: ("retention", retention())
        case 9: ("users", range() + some("m", ["active", "new"]) + table())
        case 10:
            random.once(in: 2)
                ? ("revenue/ltv", range() + some("m", ["0", "1", "2", "3"]) + table())
                : ("revenue/day", range() + some("m", ["total", "paying", "arpu", "arppu"]) + table())
        case 11: ("composition", range() + [("p", property())] + some("p", Self.properties) + segments() + drill())
        case 12: (random.pick(["sessions/average", "sessions/peruser", "sessions/length"]), range() + bins() + drill())
        default: person()
        }
    }

    // MARK: Endpoints

    private mutating func segmentation() -> [(String, String)] {
        var sent = range() + [("e", event(2))]
        if random.once(in: 3) { sent.append((random.pick(["e", "e2", "e2"]), event(2))) }
        sent += some("m", ["uniques", "totals", "pct_dau", "average", "histogram", "sums", "value_avg", "formula"])
        if random.once(in: 3) || sent.contains(where: { $0 == ("m", "formula") }) {
            sent.append(("formula", formula()))
        }
        sent += some("n", ["any", "active", "new"]) + some("limit", ["1", "2", "1000", "5000"])
        if random.once(in: 5) {
            sent.append((random.pick(["rollingWindow", "rollingAverage"]), random.pick(["1", "2", "7", "12", "90"])))
        }
        return sent + interval(["-300000", "-3600000", "1", "7", "30"]) + segments() + groups() + drill()
    }

    private mutating func funnel() -> [(String, String)] {
        var sent = range()
        for step in 0..<2 + random.below(4) {
            sent.append((random.once(in: 3) ? "e\(step + 1)" : "e", event(random.once(in: 4) ? 1 : 0)))
        }
        sent += some("mode", ["ordered", "unordered", "sequential"]) + some("n", ["active", "new", "7", "30"])
        sent += some("cs", ["1", "3600", "86400", "315360000"]) + some("limit", ["1", "1000"])
        return sent + interval(["-300000", "-3600000", "1", "7", "30"]) + segments() + groups() + drill()
    }

    private mutating func retention() -> [(String, String)] {
        var sent = range() + [("se", random.once(in: 2) ? "{\"event_type\":\"_new\"}" : event(0)), ("re", event(0))]
        sent += some("rm", ["n-day", "nday", "rolling", "bracket"])
        sent += some("rb", ["[[0,5]]", "[[0,1],[1,3],[3,90]]", "[[9,12],[0,2]]", "[[0,3650]]", "[[5,5]]", "[[1]]"])
        return sent + table()
    }

    private mutating func table() -> [(String, String)] {
        interval(["1", "7", "30"]) + segments() + groups() + drill()
    }

    private mutating func bins() -> [(String, String)] {
        let prefix = "timeHistogramConfigBin"
        return some("\(prefix)TimeUnit", ["hours", "minutes", "seconds", "days"])
            + some("\(prefix)Min", ["0", "1", "0.5", "-1", "1e300"]) + some("\(prefix)Max", ["1", "60", "1e12", "x"])
            + some("\(prefix)Size", ["1", "0", "0.001", "1e-300"])
    }

    private mutating func person() -> (path: String, parameters: [(String, String)]) {
        let user = random.pick([
            "1", "2", "3", "0", "99", "user-1", "device-2", "us", "nobody", "-5", "2147483648", " user-1 ",
        ])
        switch random.below(5) {
        case 0: return ("usersearch", [("user", user)])
        case 1, 2:
            return (
                "useractivity",
                [("user", user)] + some("offset", ["0", "3", "1000000000"]) + some("limit", ["1", "2", "1000", "5000"])
                    + some("direction", ["latest", "earliest"])
            )
        case 3: return ("realtime", some("i", ["5", "1"]))
        default: return ("events/list", [])
        }
    }

    // MARK: Parts

    /// Sent every other time.
    private mutating func some(_ name: String, _ values: [String]) -> [(String, String)] {
        random.once(in: 2) ? [(name, random.pick(values))] : []
    }

    private mutating func interval(_ numbers: [String]) -> [(String, String)] { some("i", numbers) }

    private mutating func range() -> [(String, String)] {
        let ends = [
            ("20240228", "20240301"), ("20240226", "20240305"), ("20240301", "20240301"), ("20240310", "20240310"),
            ("20231101", "20231105"), ("20231230", "20240102"), ("20240101", "20241231"), ("20111229", "20111231"),
            ("20111230", "20111230"), ("20240228T05", "20240228T07"), ("20240229120000", "20240301115959"),
            ("20240310T02", "20240310T02"), ("20240301", "20240228"), ("2024-02-28", "20240301"),
            ("20240230", "20240301"),
            ("19700101", "19700103"), ("21051230", "21051231"), ("20240301", "20240401"),
        ]
        let (start, end) = random.once(in: 300) ? ("20000101", "20491231") : random.pick(ends)
        return [("start", start), ("end", end)]
    }

    private mutating func property() -> String { random.pick(Self.properties) }

    private mutating func groups() -> [(String, String)] {
        switch random.below(8) {
        case 0, 1: [("g", property())]
        case 2: [("g", property()), (random.pick(["g", "g2"]), property())]
        case 3: [("g", property()), ("g", property()), ("g2", property())]
        default: []
        }
    }

    private mutating func segments() -> [(String, String)] {
        guard random.once(in: 3) else { return [] }
        return (0...random.below(3)).map { _ in
            ("s", "[\((0..<random.below(3)).map { _ in condition() }.joined(separator: ","))]")
        }
    }

    private mutating func condition() -> String {
        switch random.below(5) {
        case 0:
            return "{\"prop\":\"userdata_cohort\",\"op\":\"is\",\"values\":[\"x\"]}"
        case 1:
            let span = random.pick(["currentInterval", "allTime", "forEachInterval"])
            return "{\"type\":\"event\",\"event_type\":\"\(random.pick(Self.types))\",\"filters\":[\(filters())],"
                + "\"op\":\"\(random.pick(["=", "!=", ">=", "<", "?"]))\",\"value\":\(random.below(3)),"
                + "\"time_type\":\"\(span)\",\"time_value\":\(random.pick([1, 30, 3650, 0]))}"
        default:
            return "{\"prop\":\"\(property())\",\"op\":\"\(random.pick(Self.operators))\",\"values\":[\(values())]}"
        }
    }

    private mutating func values() -> String {
        (0..<random.below(4)).map { _ in random.pick(Self.values) }.joined(separator: ",")
    }

    private mutating func filters() -> String {
        (0..<random.below(2)).map { _ in
            "{\"subprop_type\":\"\(random.pick(["event", "user"]))\",\"subprop_key\":\"\(property())\","
                + "\"subprop_op\":\"\(random.pick(Self.operators))\",\"subprop_value\":[\(values())]}"
        }.joined(separator: ",")
    }

    /// - Parameter groups: the most properties that it is grouped by, mostly.
    private mutating func event(_ groups: Int) -> String {
        let type =
            random.once(in: 12)
            ? random.pick(["_new", "ce:Any", "ce:none", "", "Pley", "verified_revenue"]) : random.pick(Self.types)
        let count = random.once(in: 30) ? 3 : groups == 0 ? 0 : random.below(groups + 1)
        let groupBy = (0..<count).map { _ in
            "{\"type\":\"\(random.pick(["event", "event", "user", "group"]))\",\"value\":\"\(property())\"}"
        }.joined(separator: ",")
        return "{\"event_type\":\"\(type)\",\"filters\":[\(filters())],\"group_by\":[\(groupBy)]}"
    }

    private mutating func formula() -> String {
        let parts = [
            "UNIQUES(A)", "TOTALS(B)", "AVG(A)", "ACTIVE(A)", "FREQPERCENTILE(A,0.9)", "HIST(A)", "PROPSUM(A)",
            "PROPAVG(B)",
            "PROPMAX(A)", "PROPMIN(A)", "PROPCOUNT(A)", "PROPCOUNTAVG(A)", "PROPHIST(A)", "PERCENTILE(A,0.5)",
            "REVENUETOTAL(A)", "ARPAU(A)", "CUMSUM(UNIQUES,A)", "ROLLAVG(TOTALS,A,3)", "ROLLWIN(UNIQUES,A,2)",
            "ROLLWINBEFORE(UNIQUES,A,2)", "LN(UNIQUES(A)-1)", "POWER(10,999)", "SQRT(0-1)", "TRENDLINE(UNIQUES(A))",
            "UNIQUES(A2)", "0", "1/0", "A", "-",
        ]
        let count = 1 + random.below(3)
        var formula = random.pick(parts)
        for _ in 1..<max(2, count) where count > 1 {
            formula += random.pick(["+", "-", "*", "/", ";", ",", "("]) + random.pick(parts)
        }
        return formula
    }

    private mutating func drill() -> [(String, String)] {
        guard random.once(in: 4) else { return [] }
        let number = random.pick(["0", "0", "1", "2", "30", "-1", "null", "9223372036854775807"])
        let parts = ["series", "index", "step", "day", "row", "interval"].filter { _ in random.once(in: 3) }
        let members =
            ["\"series\":\(random.pick(["0", "0", "1"]))"]
            + parts.filter { $0 != "series" }.map { "\"\($0)\":\(number)" }
        let key =
            random.once(in: 3)
            ? [",\"key\":\"\(random.pick(["r1d", "r180d", "r7new", "count", "paid", "total_amount"]))\""] : []
        let lost = random.once(in: 5) ? [",\"lost\":true"] : []
        return [("drill", "{\(members.joined(separator: ","))\((key + lost).joined())}")]
            + some("drillAfter", ["0", "1", "2147483647", "-1"]) + some("drillLimit", ["1", "10000", "0"])
    }

    /// One character is another, or missing.
    private mutating func broken(_ text: String) -> String {
        var scalars = Array(text.unicodeScalars)
        guard !scalars.isEmpty else { return "x" }
        let place = random.below(scalars.count)
        if random.once(in: 2) {
            scalars.remove(at: place)
        } else {
            scalars[place] = random.pick(["\"", "[", "}", ",", "0", "\\", "\u{7F}", "é"])
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
