import Formulas
import Foundation
import Testing

private let value = "a number, a function such as UNIQUES(A), or \"(\""
private let event = "an event, such as A, or A1 for its first segment,"
private let after = "an operator, \";\" or the end"
private let aggregable =
    "one of ACTIVE, AVG, PROPAVG, PROPCOUNT, PROPCOUNTAVG, PROPMAX, PROPMIN, PROPSUM, REVENUETOTAL, TOTALS, UNIQUES"

private func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

private let sentences: [(String, String)] = [
    ("1 + * 2", "At character 5 of formula stands \"*\", where \(value) was expected."),
    (
        "ROLLAVG(UNIQUES, A, 100)",
        "At character 21 of formula stands \"100\", where a whole number from 1 to 90, such as 7, was expected."
    ),
    (
        "2 * unique(A)",
        "At character 5 of formula stands \"unique\", which is no known function. Did you mean UNIQUES?"
    ),
    (
        "PROPCONT(A)",
        "At character 1 of formula stands \"PROPCONT\", which is no known function. Did you mean PROPCOUNT, PROPHIST, PROPMIN?"
    ),
    (
        "Frobnicate9(A)",
        "At character 1 of formula stands \"Frobnicate9\", which is no known function. A function has its event in"
            + " parentheses, such as UNIQUES(A) or PROPSUM(A)."
    ),
    (
        "1;EventTotals(A)",
        "At character 3 of formula stands EVENTTOTALS, which is not answered here. It is for charts of sessions; use TOTALS."
    ),
    (
        "SESSIONTOTALS(A)",
        "At character 1 of formula stands SESSIONTOTALS, which is not answered here. It is for charts of sessions; use TOTALS."
    ),
    (
        "SEMANTICTOTALS(A)",
        "At character 1 of formula stands SEMANTICTOTALS, which is not answered here. Use TOTALS."
    ),
    (
        "CAST(A)",
        "At character 1 of formula stands CAST, which is not answered here. A property's numbers are read as numbers without it."
    ),
    (
        "2 * hist(A)",
        "At character 5 of formula stands HIST, which gives a distribution instead of a number; it must be the whole formula, such as HIST(A)."
    ),
    ("1;2;3;4;5;6;7;8;9;10; 11", "At character 23 begins formula 11; 10 formulas are the most."),
    (
        many("(", 51) + "1",
        "At character 51 of formula begins level 51 of parentheses, functions and minus signs in one another; 50 levels are the most."
    ),
    (
        many("1+", 201) + "1",
        "At character 402 stands operator or function 201 of the formula; 200 are the most."
    ),
    (
        "1" + many("x", 50),
        "At character 2 of formula stands \"\(many("x", 40))…\", where \(after) was expected."
    ),
]

@Suite struct FormulaErrorTests {
    @Test(
        "what stands where something else was expected",
        arguments: [
            ("", 1, "the end", value), ("   ", 4, "the end", value), ("%:", 3, "the end", value),
            ("% UNIQUES(A)", 3, "\"UNIQUES\"", "\":\""), ("€:1", 1, "\"€\"", value), (":1", 1, "\":\"", value),
            ("1 +", 4, "the end", value), ("* 2", 1, "\"*\"", value), ("1 + * 2", 5, "\"*\"", value),
            ("+1", 1, "\"+\"", value), ("1 2", 3, "\"2\"", after), ("1.2.3", 4, "\".3\"", after),
            ("1,000", 2, "\",\"", after), ("2e", 2, "\"e\"", after), ("2.", 2, "\".\"", after),
            ("1e999", 1, "\"1e999\"", "a number below 1.8e308"), ("(1", 3, "the end", "an operator or \")\""),
            ("(1))", 4, "\")\"", after), ("()", 2, "\")\"", value), ("1;", 3, "the end", value),
            (";1", 1, "\";\"", value), ("1;;2", 3, "\";\"", value), ("1; *", 4, "\"*\"", value),
            ("A", 1, "\"A\"", "a function of the event, such as UNIQUES(A)"),
            ("1 + b2", 5, "\"b2\"", "a function of the event, such as UNIQUES(B2)"),
            ("UNIQUES", 8, "the end", "\"(\""), ("UNIQUES A", 9, "\"A\"", "\"(\""),
            ("UNIQUES()", 9, "\")\"", event), ("UNIQUES(1)", 9, "\"1\"", event), ("UNIQUES(A0)", 9, "\"A0\"", event),
            ("UNIQUES(signup)", 9, "\"signup\"", event), ("UNIQUES(A", 10, "the end", "\")\""),
            ("UNIQUES(A, B)", 10, "\",\"", "\")\""), ("UNIQUES(A+B)", 10, "\"+\"", "\")\""),
            ("UNIQUES(UNIQUES(A))", 9, "\"UNIQUES\"", event), ("UNIQUES(A)B", 11, "\"B\"", after),
            ("PERCENTILE(A)", 13, "\")\"", "\",\""),
            ("PERCENTILE(A,)", 14, "\")\"", "a number from 0 to 1, such as 0.9,"),
            ("PERCENTILE(A, 90)", 15, "\"90\"", "a number from 0 to 1, such as 0.9,"),
            ("FREQPERCENTILE(A, -1)", 19, "\"-\"", "a number from 0 to 1, such as 0.9,"),
            ("CUMSUM(A)", 8, "\"A\"", aggregable), ("CUMSUM(ARPAU, A)", 8, "\"ARPAU\"", aggregable),
            ("CUMSUM(HIST, A)", 8, "\"HIST\"", aggregable), ("CUMSUM(UNIQUES(A))", 15, "\"(\"", "\",\""),
            ("CUMSUM(UNIQUES, A, 2)", 18, "\",\"", "\")\""), ("ROLLAVG(UNIQUES, A)", 19, "\")\"", "\",\""),
            ("ROLLAVG(UNIQUES, A, 0)", 21, "\"0\"", "a whole number from 1 to 90, such as 7,"),
            ("ROLLWIN(UNIQUES, A, 91)", 21, "\"91\"", "a whole number from 1 to 90, such as 7,"),
            ("ROLLWINBEFORE(UNIQUES, A, 1.5)", 27, "\"1.5\"", "a whole number from 1 to 90, such as 7,"),
            ("EXP()", 5, "\")\"", value), ("EXP(1, 2)", 6, "\",\"", "an operator or \")\""),
            ("LOG(1)", 6, "\")\"", "an operator or \",\""),
            ("LOG(1, TOTALS(A))", 8, "\"TOTALS\"", "a number above 0 other than 1, such as 2,"),
            ("LOG(1, 1)", 8, "\"1\"", "a number above 0 other than 1, such as 2,"),
            ("LOG(1, 0)", 8, "\"0\"", "a number above 0 other than 1, such as 2,"),
            ("LOG(1, 1e999)", 8, "\"1e999\"", "a number above 0 other than 1, such as 2,"),
            ("POWER(1, UNIQUES(A))", 10, "\"UNIQUES\"", "a number, such as 2,"),
            ("POWER(1, --2)", 11, "\"-\"", "a number, such as 2,"), ("POWER(1, 2+1)", 11, "\"+\"", "\")\""),
            ("HIST(A)*2", 8, "\"*\"", after), ("HIST(A,2)", 7, "\",\"", "\")\""),
            // Characters, not bytes: é, a flag and a family are one each.
            ("é", 1, "\"é\"", value), ("1+🇩🇪", 3, "\"🇩🇪\"", value), ("1 + 👨‍👩‍👧 + 1", 5, "\"👨‍👩‍👧\"", value),
            ("1\r\n 2", 4, "\"2\"", after), ("UNIQUES(Ａ)", 9, "\"Ａ\"", event), ("１", 1, "\"１\"", value),
        ] as [(String, Int, String, String)]
    )
    func unexpected(text: String, position: Int, found: String, expected: String) {
        let error = #expect(throws: FormulaError.self) { try Formula.list(parsing: text) }
        #expect(error == FormulaError(at: position, .unexpected(found: found, expected: expected)))
    }

    @Test("messages are sentences", arguments: sentences)
    func messages(text: String, message: String) {
        let error = #expect(throws: FormulaError.self) { try Formula.list(parsing: text) }
        #expect(error?.message == message)
    }

    @Test("no prefix of a valid formula crashes, nor any character put into it")
    func mutilated() throws {
        let text = Array("%:POWER(-ROLLAVG(UNIQUES, A1, 7) / LOG(1.5e3, 2), 2); HIST(B)")
        let values = try Formula.list(parsing: String(text))
        #expect(values.count == 2)
        for end in text.indices {
            _ = try? Formula.list(parsing: String(text[..<end]))
            for character in "()+-*/;:,.%$e9A é\0" {
                var changed = text
                changed[end] = character
                do {
                    _ = try Formula.list(parsing: String(changed))
                } catch {
                    #expect((1...text.count + 1).contains(error.position))
                }
            }
        }
    }

    @Test("the deepest and the longest formulas that are read fit into the smallest thread's stack")
    func stack() async throws {
        let nested = 50
        let texts = [
            String(repeating: "(", count: nested) + "1" + String(repeating: ")", count: nested),
            String(repeating: "-", count: nested) + "1",
            String(repeating: "LOG(", count: nested) + "UNIQUES(A)" + String(repeating: ",2)", count: nested),
            String(repeating: "1+1*(", count: nested) + "1" + String(repeating: ")", count: nested),
            "1" + String(repeating: "+1", count: 200),
        ]
        let counts: [Int] = await withCheckedContinuation { continuation in
            let thread = Thread {
                continuation.resume(
                    returning: texts.map { text in
                        guard let formula = try? Formula.list(parsing: text).first,
                            case .value(let expression) = formula.content
                        else { return -1 }
                        let copy = expression.overWholeRange
                        _ = copy == expression && copy.hashValue == expression.hashValue
                        return copy.values(overBuckets: 1) { _ in [1] }.count + formula.leadBuckets
                    }
                )
            }
            // What Darwin gives to a thread that is not the main one; Linux gives more.
            thread.stackSize = 512 << 10
            thread.start()
        }
        #expect(counts == Array(repeating: 1, count: texts.count))
    }
}
