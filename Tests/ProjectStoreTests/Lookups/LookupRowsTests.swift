import Storage
import TestSupport
import Testing

@Suite("rows of a lookup table") struct LookupRowsTests {
    private func rows(_ csv: String, key: String? = nil) throws -> LookupRows {
        try LookupRows(csv: Array(csv.utf8), key: key)
    }

    /// Rows of cells, the headers first.
    private func cells(_ rows: LookupRows) -> [[String]] {
        [rows.headers] + (0..<rows.count).map { row in rows.headers.indices.map { rows.text(row, $0) } }
    }

    @Test(
        "CSV as RFC 4180 has it, and as people write it",
        arguments: [
            ("a,b\n1,2\n3,4\n", [["a", "b"], ["1", "2"], ["3", "4"]]),
            ("a,b\r\n1,2\r\n3,4", [["a", "b"], ["1", "2"], ["3", "4"]]),
            ("\u{FEFF}a,b\n1,2", [["a", "b"], ["1", "2"]]),
            ("a,b\n\n1,\n\r\n", [["a", "b"], ["1", ""]]),
            ("\"a\",\"b,c\"\n\"x \"\"y\"\"\",\"1\n2\"\n", [["a", "b,c"], ["x \"y\"", "1\n2"]]),
            ("a,b\n1,x\"y\n2,\"\"", [["a", "b"], ["1", "x\"y"], ["2", ""]]),
            ("é,b\ne\u{301}, 愛 \n", [["é", "b"], ["e\u{301}", " 愛 "]]),
            ("a,b", [["a", "b"]]),
        ]
    )
    func reads(csv: String, wanted: [[String]]) throws {
        let rows = try rows(csv)
        #expect(cells(rows) == wanted)
        #expect(rows.count == wanted.count - 1)
    }

    @Test(
        "what is no table is refused, with its place",
        arguments: [
            ("", LookupProblem.Code.csv, "empty"), ("a,b\n1\n", .csv, "Line 2 has 1 cells"),
            ("a,b\n1,2\n3,4,5\n", .csv, "Line 3 has 3 cells"), ("a,b\n\"1,2\n", .csv, "on line 2 is not closed"),
            ("a,b\n\"1\"x,2\n", .csv, "closing quotation mark"), ("a,\n1,2\n", .headers, "Column 2 has no name"),
            ("a,a\n1,2\n", .headers, "the column a twice"), ("a\n1\n", .headers, "beside a"),
            ("a,b\n1,2\n1,3\n", .duplicateKey, "\"1\" twice"),
            ("a,b\n1,\(String(repeating: "é", count: 1_025))\n", .cell, "line 2"),
        ]
    )
    func refusals(csv: String, code: LookupProblem.Code, words: String) {
        let problem = #expect(throws: LookupProblem.self) { try rows(csv) }
        #expect(problem?.code == code && problem?.sentence.contains(words) == true, "\(problem as Any)")
    }

    @Test("its bounds: bytes that are no text, cells, rows, a key that is no column")
    func bounds() throws {
        #expect(throws: LookupProblem.self) { try LookupRows(csv: Array("a,b\n".utf8) + [0xFF]) }
        #expect(try rows("a,b\n1,\(String(repeating: "é", count: 1_024))\n").count == 1)
        #expect(try rows("a,b\n1,2\n", key: "b").key == 1)
        #expect(try rows("é,b\n1,2\n", key: "é").key == 0)
        let unknown = #expect(throws: LookupProblem.self) { try rows("é,b\n1,2\n", key: "e\u{301}") }
        #expect(unknown?.code == .keyColumn)
        var csv = Array("a,b\n".utf8)
        for row in 0...LookupRows.mostRows { csv += Array("\(row),\n".utf8) }
        let tooMany = #expect(throws: LookupProblem.self) { try LookupRows(csv: csv) }
        #expect(tooMany?.code == .rowCount)
    }

    @Test("each key finds its row, by bytes, and nothing else does", arguments: 0..<20)
    func keys(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var plain: [String: String] = [:]
        for _ in 0..<random.below(300) {
            plain[random.pick(["", "k", "é", "e\u{301}", "愛"]) + String(random.below(400))] = "v\(random.below(9))"
        }
        // `String` has one key for é, however it is written.
        let csv = "key,value\n" + plain.map { "\($0),\($1)\n" }.joined()
        let rows = try rows(csv)
        #expect(rows.count == plain.count)
        for (key, value) in plain { #expect(rows.value(of: key, 1) == value) }
        for number in 0..<400 where plain["x\(number)"] == nil { #expect(rows.row(of: "x\(number)") == nil) }
        let accents = try self.rows("a,b\né,1\ne\u{301},2\n,3\n")
        #expect(accents.value(of: "é", 1) == "1" && accents.value(of: "e\u{301}", 1) == "2")
        #expect(accents.value(of: "", 1) == "3" && accents.value(of: "e", 1) == nil)
    }

    @Test("merging: keys that are here are changed, others come behind, columns too")
    func merging() throws {
        let before = try rows("sku,color,size\n1,red,s\n2,\"a,\"\"b\"\"\",m\n")
        let merged = before.merged(with: try rows("weight,sku,color\n10,2,blue\n20,3,green\n", key: "sku"))
        #expect(
            cells(try LookupRows(csv: merged, key: "sku")) == [
                ["sku", "color", "size", "weight"], ["1", "red", "s", ""], ["2", "blue", "m", "10"],
                ["3", "green", "", "20"],
            ]
        )
        let same = before.merged(with: try rows("sku,size\n"))
        #expect(cells(try LookupRows(csv: same)) == cells(before))
    }
}
