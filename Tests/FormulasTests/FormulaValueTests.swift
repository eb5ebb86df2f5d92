import Formulas
import Testing

/// Two buckets before the range, three in it.
private let measured: [FormulaMeasure: [Double]] = {
    let (a, b, a2) = (FormulaEvent("A")!, FormulaEvent("B")!, FormulaEvent("A2")!)
    let three = RollingLength(buckets: 3)!
    return [
        FormulaMeasure(.uniques, a): [10, 20, 2, 4, 0],
        FormulaMeasure(.totals, a): [0, 0, 6, 4, 0],
        FormulaMeasure(.uniques, b): [0, 0, 8, 0, 1],
        FormulaMeasure(.uniques, a2): [0, 0, 1, 2, 3],
        FormulaMeasure(.average, a): [0, 0, 3, 1, 0],
        FormulaMeasure(.activeShare, a): [0, 0, 0.5, 0.25, 0],
        FormulaMeasure(.frequencyPercentile(Quantile(0.9)!), a): [0, 0, 7, 8, 9],
        FormulaMeasure(.propertySum, a): [0, 0, 100, -50, 0],
        FormulaMeasure(.propertyPercentile(Quantile(1)!), a): [0, 0, 5, 5, 5],
        FormulaMeasure(.uniques, a, .cumulative): [0, 0, 2, 5, 5],
        FormulaMeasure(.totals, a, .trailing(three)): [0, 0, 11, 12, 13],
        FormulaMeasure(.totals, a, .trailingBeforeCohorts(three)): [0, 0, 21, 22, 23],
    ]
}()

private func values(of text: String) throws -> [Double] {
    let formulas = try Formula.list(parsing: text)
    guard formulas.count == 1, case .value(let expression) = formulas[0].content else {
        Issue.record("\(text) is one formula that gives a value")
        return []
    }
    return expression.values(overBuckets: 3) { measured[$0] ?? [.nan] }
}

@Suite struct FormulaValueTests {
    @Test(
        "values",
        arguments: [
            // Measures.
            ("UNIQUES(A)", [2, 4, 0]), ("TOTALS(A)", [6, 4, 0]), ("UNIQUES(B)", [8, 0, 1]),
            ("UNIQUES(A2)", [1, 2, 3]), ("AVG(A)", [3, 1, 0]), ("ACTIVE(A)", [0.5, 0.25, 0]),
            ("FREQPERCENTILE(A, 0.9)", [7, 8, 9]), ("PERCENTILE(A, 1)", [5, 5, 5]), ("PROPSUM(A)", [100, -50, 0]),
            // Constants, alone and as a line beside another one.
            ("90", [90, 90, 90]), ("0.5", [0.5, 0.5, 0.5]), (".5", [0.5, 0.5, 0.5]), ("1e3", [1000, 1000, 1000]),
            ("25E-2", [0.25, 0.25, 0.25]), ("UNIQUES(A)*0+90", [90, 90, 90]),
            // Precedence: * and / before + and -, minus signs before all.
            ("1+2*3", [7, 7, 7]), ("(1+2)*3", [9, 9, 9]), ("2*3+1", [7, 7, 7]), ("8-6/2", [5, 5, 5]),
            ("-2+3", [1, 1, 1]), ("-2*3", [-6, -6, -6]), ("-(2+3)", [-5, -5, -5]), ("2--3", [5, 5, 5]),
            ("2*-3", [-6, -6, -6]), ("--2", [2, 2, 2]), ("6/-2", [-3, -3, -3]),
            // Operators of a kind from left to right.
            ("10-4-3", [3, 3, 3]), ("10-(4-3)", [9, 9, 9]), ("16/4/2", [2, 2, 2]), ("16/(4/2)", [8, 8, 8]),
            ("10-4+3", [9, 9, 9]), ("16/4*2", [8, 8, 8]), ("12/2*3-4", [14, 14, 14]),
            // Bucket by bucket.
            ("TOTALS(A)/UNIQUES(A)", [3, 1, 0]), ("UNIQUES(A)/UNIQUES(B)", [0.25, 0, 0]),
            ("100*UNIQUES(A)/(UNIQUES(A)+UNIQUES(B))", [20, 100, 0]),
            // What is no finite number is 0, where it arises.
            ("1/0", [0, 0, 0]), ("1/0+5", [5, 5, 5]), ("0/0", [0, 0, 0]), ("LN(0)", [0, 0, 0]),
            ("LN(UNIQUES(A)-2)", [0, 0.6931471805599453, 0]), ("SQRT(-1)", [0, 0, 0]), ("EXP(1000)", [0, 0, 0]),
            ("LOG10(0)+1", [1, 1, 1]), ("POWER(0,-1)", [0, 0, 0]), ("POWER(-8, 0.5)", [0, 0, 0]),
            ("1e308*10", [0, 0, 0]), ("1e308*10*0+1", [1, 1, 1]), ("LOG(-1, 2)", [0, 0, 0]),
            // Functions.
            ("EXP(0)", [1, 1, 1]), ("LN(1)", [0, 0, 0]), ("LOG10(1000)", [3, 3, 3]), ("LOG(8,2)", [3, 3, 3]),
            ("LOG(1000,10)", [3, 3, 3]), ("LOG(81, 9)", [2, 2, 2]), ("LOG(0.25, 0.5)", [2, 2, 2]),
            ("SQRT(UNIQUES(A))", [1.4142135623730951, 2, 0]), ("POWER(UNIQUES(A), 2)", [4, 16, 0]),
            ("POWER(4, -0.5)", [0.5, 0.5, 0.5]), ("POWER(UNIQUES(A)+1, 2)", [9, 25, 1]),
            // Windows.
            ("CUMSUM(UNIQUES, A)", [2, 5, 5]), ("ROLLWIN(TOTALS, A, 3)", [11, 12, 13]),
            ("ROLLWINBEFORE(TOTALS, A, 3)", [21, 22, 23]), ("ROLLAVG(UNIQUES, A, 1)", [2, 4, 0]),
            ("ROLLAVG(UNIQUES, A, 2)", [11, 3, 2]), ("ROLLAVG(UNIQUES, A, 3)", [32.0 / 3, 26.0 / 3, 2]),
            ("UNIQUES(A) - ROLLAVG(UNIQUES, A, 2)", [-9, 1, -2]),
            // The line through (0,2), (1,4), (2,0) falls by 1 from 3.
            ("TRENDLINE(UNIQUES(A))", [3, 2, 1]), ("TRENDLINE(7)", [7, 7, 7]),
            ("TRENDLINE(UNIQUES(A2))", [1, 2, 3]), ("TRENDLINE(UNIQUES(A2)*2)+1", [3, 5, 7]),
            ("TRENDLINE(ROLLAVG(UNIQUES, A, 2))", [11 - 7.0 / 6, 16.0 / 3, 5.0 / 6]),
            // Names in any case, space anywhere but in a name.
            ("uniques(a)", [2, 4, 0]), ("  UniqueS\t( A\n)  ", [2, 4, 0]), ("cumsum ( uniques , a )", [2, 5, 5]),
            ("%: UNIQUES(A)", [2, 4, 0]), ("$:UNIQUES(A)", [2, 4, 0]), ("% :1", [1, 1, 1]),
        ] as [(String, [Double])]
    )
    func value(text: String, expected: [Double]) throws {
        let values = try values(of: text)
        #expect(values.count == expected.count)
        for (value, wanted) in zip(values, expected) {
            #expect(abs(value - wanted) <= 1e-12 * max(1, abs(wanted)), "\(text) gives \(values)")
        }
    }

    @Test("a zero carries no minus sign", arguments: ["-UNIQUES(A)", "0*-1", "-0"])
    func positiveZero(text: String) throws {
        for value in try values(of: text) where value == 0 { #expect(value.sign == .plus) }
    }

    @Test("a measure that is no number counts as 0, also in an average")
    func measureWithoutNumber() throws {
        guard case .value(let average) = try Formula.list(parsing: "ROLLAVG(PROPSUM,A,2)+PROPSUM(A)")[0].content else {
            return
        }
        #expect(average.values(overBuckets: 2) { _ in [4, .infinity, .nan] } == [2, 0])
    }

    @Test("prefixes say how values are shown, the text what was written")
    func formats() throws {
        let formulas = try Formula.list(parsing: " %: ACTIVE(A) ;$:PROPSUM(B);1 + 2 ")
        #expect(formulas.map(\.format) == [.percent, .currency, nil])
        #expect(formulas.map(\.text) == ["%: ACTIVE(A)", "$:PROPSUM(B)", "1 + 2"])
        #expect(formulas.map { $0.events.map(\.description) } == [["A"], ["B"], []])
    }

    @Test("ten formulas in one text")
    func tenFormulas() throws {
        let text = (1...10).map { "\($0)" }.joined(separator: ";")
        let formulas = try Formula.list(parsing: text)
        #expect(formulas.map(\.content) == (1...10).map { Formula.Content.value(.constant(Double($0))) })
    }

    @Test("a distribution stands alone")
    func distributions() throws {
        let formulas = try Formula.list(parsing: "HIST(A); %:prophist(B2)")
        #expect(formulas[0].content == .distribution(.frequency(FormulaEvent("A")!)))
        #expect(formulas[1].content == .distribution(.property(FormulaEvent("B2")!)))
        #expect(formulas[1].events.map(\.description) == ["B2"])
        #expect(formulas.allSatisfy { $0.measures.isEmpty && $0.leadBuckets == 0 })
    }

    @Test("events are letters, in their segment if a number follows")
    func events() {
        #expect(FormulaEvent("A").map { [$0.index, $0.segment ?? -1] } == [0, -1])
        #expect(FormulaEvent("z").map { [$0.index, $0.segment ?? -1] } == [25, -1])
        #expect(FormulaEvent("b12").map { [$0.index, $0.segment ?? -1] } == [1, 11])
        #expect(FormulaEvent("b12")?.description == "B12")
        for name in ["", "1", "A0", "AB", "A1B", "É", "A-1", "A99999999999999999999", "A\u{301}"] {
            #expect(FormulaEvent(name) == nil, "\(name)")
        }
    }

    @Test(
        "what the engine must measure, each once",
        arguments: [
            ("1", [], 0), ("UNIQUES(A)/UNIQUES(A)", ["uniques A bucket"], 0),
            ("UNIQUES(A)/uniques(a1)", ["uniques A bucket", "uniques A1 bucket"], 0),
            ("-LN(TOTALS(B)) + LOG(AVG(A),2)", ["totals B bucket", "average A bucket"], 0),
            ("CUMSUM(UNIQUES,A)", ["uniques A cumulative"], 0),
            ("ROLLAVG(UNIQUES,A,7)/UNIQUES(A)", ["uniques A bucket"], 6),
            ("ROLLAVG(UNIQUES,A,1)", ["uniques A bucket"], 0),
            ("ROLLWIN(UNIQUES,A,3)", ["uniques A trailing 3"], 2),
            ("ROLLWINBEFORE(UNIQUES,A,3)", ["uniques A trailingBeforeCohorts 3"], 2),
            (
                "TRENDLINE(POWER(ROLLWIN(TOTALS,A,30),2)) - EXP(ROLLAVG(TOTALS,B,7))",
                ["totals A trailing 30", "totals B bucket"], 29
            ), ("-ROLLAVG(TOTALS,B,90)", ["totals B bucket"], 89),
        ] as [(String, [String], Int)]
    )
    func needs(text: String, measures: [String], lead: Int) throws {
        let formula = try #require(try Formula.list(parsing: text).first)
        #expect(formula.measures.map(label) == measures)
        #expect(formula.leadBuckets == lead)
    }

    @Test(
        "over the whole range nothing rolls",
        arguments: [
            ("CUMSUM(UNIQUES,A)", 3), ("ROLLWIN(UNIQUES,A,7)", 3), ("ROLLWINBEFORE(UNIQUES,A,7)", 3),
            ("ROLLAVG(UNIQUES,A,7)", 3), ("TRENDLINE(UNIQUES(A))", 3), ("TRENDLINE(ROLLAVG(UNIQUES,A,7))*2", 6),
            ("-POWER(LOG(EXP(CUMSUM(UNIQUES,A)), 2), 2)", -18.732320829),
        ] as [(String, Double)]
    )
    func collapsed(text: String, expected: Double) throws {
        guard case .value(let expression) = try Formula.list(parsing: text)[0].content else { return }
        let whole = expression.overWholeRange
        #expect(whole.leadBuckets == 0)
        #expect(whole.measures == [FormulaMeasure(.uniques, FormulaEvent("A")!)])
        let values = whole.values(overBuckets: 1) { _ in [3] }
        #expect(values.count == 1 && abs(values[0] - expected) < 1e-6, "\(values)")
    }

    @Test("a series that does not cover what the formula asks for is a broken promise")
    func shortSeries() async {
        await #expect(processExitsWith: .failure) {
            guard case .value(let average) = try Formula.list(parsing: "ROLLAVG(UNIQUES,A,3)")[0].content else {
                return
            }
            _ = average.values(overBuckets: 2) { _ in [1, 2, 3] }
        }
    }

    @Test("properties are needed for what is computed from them")
    func needsProperty() throws {
        let text = "PROPSUM(A)+PROPAVG(A)+PROPMAX(A)+PROPMIN(A)+PROPCOUNT(A)+PROPCOUNTAVG(A)+PERCENTILE(A,.5)+ARPAU(A)"
        #expect(
            try Formula.list(parsing: text)[0].measures.map(\.quantity.needsProperty)
                == Array(repeating: true, count: 8)
        )
        let others = "UNIQUES(A)+TOTALS(A)+AVG(A)+ACTIVE(A)+FREQPERCENTILE(A,.5)+REVENUETOTAL(A)"
        #expect(
            try Formula.list(parsing: others)[0].measures.map(\.quantity.needsProperty)
                == Array(repeating: false, count: 6)
        )
    }
}

private func label(_ measure: FormulaMeasure) -> String {
    let window =
        switch measure.window {
        case .bucket: "bucket"
        case .cumulative: "cumulative"
        case .trailing(let length): "trailing \(length.buckets)"
        case .trailingBeforeCohorts(let length): "trailingBeforeCohorts \(length.buckets)"
        }
    return "\(measure.quantity) \(measure.event) \(window)"
}
