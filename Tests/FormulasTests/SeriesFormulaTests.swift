import Formulas
import Testing

@Suite("Arithmetic over series") struct SeriesFormulaTests {
    private let series: [[Double]] = [[1, 2, 3, 4], [10, 0, -30, 5], [0, 0, 0, 2]]

    private func values(_ text: String) throws -> [Double] {
        try SeriesFormula(parsing: text, series: 3).values(of: series, buckets: 4)
    }

    @Test(
        "what each means",
        arguments: [
            ("B/A", [10, 0, -10, 1.25]), ("a + b*2", [21, 2, -57, 14]), ("A/C", [0, 0, 0, 2]), ("B%4", [2, 0, -2, 1]),
            ("-A^2", [-1, -4, -9, -16]), ("2^A^0", [2, 2, 2, 2]), ("2^-1", [0.5, 0.5, 0.5, 0.5]),
            ("(A-1)*3", [0, 3, 6, 9]), ("cumsum(A)", [1, 3, 6, 10]), ("RollAvg(A, 2)", [1, 1.5, 2.5, 3.5]),
            ("prev(B)", [0, 10, 0, -30]), ("prev(A)+A", [1, 3, 5, 7]), ("abs(B)", [10, 0, 30, 5]),
            ("sqrt(B)", [3.1622776601683795, 0, 0, 2.23606797749979]), ("ln(C)", [0, 0, 0, 0.6931471805599453]),
            ("max(A,2,C)", [2, 2, 3, 4]), ("min(A,2)", [1, 2, 2, 2]), ("pow(A,2)", [1, 4, 9, 16]),
            ("round(A/2)", [1, 1, 2, 2]), ("round(-A/2)", [-1, -1, -2, -2]), ("round(A/3,2)", [0.33, 0.67, 1, 1.33]),
            ("ceil(A/3)", [1, 1, 1, 2]), ("floor(A/3)", [0, 0, 1, 1]), ("exp(0)*log10(100)", [2, 2, 2, 2]),
            ("exp(1000)", [0, 0, 0, 0]), (".5*A", [0.5, 1, 1.5, 2]), ("--A", [1, 2, 3, 4]),
            ("rollavg(A,100)", [1, 1.5, 2, 2.5]),
        ] as [(String, [Double])]
    )
    func meanings(text: String, wanted: [Double]) throws {
        let found = try values(text)
        #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-12 } && found.count == 4, "\(found)")
    }

    @Test(
        "what is wrong, and where",
        arguments: [
            ("", 0), ("A+", 2), ("A B", 2), ("D", 0), ("A+foo(B)", 2), ("sum", 0), ("rollavg(A)", 0),
            ("rollavg(A,B)", 0),
            ("rollavg(A,0)", 0), ("rollavg(A,1.5)", 0), ("(A", 2), ("A)", 1), ("1.2.3", 0), ("round(A,1,2)", 0),
            ("A*/B", 2), ("é", 0), ("A+\u{1F600}", 2), ("pow(A)", 0), ("max()", 4),
        ]
    )
    func mistakes(text: String, offset: Int) {
        do {
            _ = try values(text)
            Issue.record("\(text) is read")
        } catch let error as SeriesFormulaError {
            #expect(error.offset == offset && !error.sentence.isEmpty, "\(text): \(error)")
        } catch {
            Issue.record("\(error)")
        }
    }
}
