import EventModel
import Testing

@Suite("Names of projects, and text that is shown")
struct ProjectNameTests {
    @Test(
        "1 to 200 printable characters",
        arguments: ["a", "Web shop", "2nd", "v2.0", "Läden 👩‍👧", String(repeating: "x", count: 200)]
    )
    func good(name: String) throws {
        #expect(try ProjectName(name).text == name)
    }

    @Test(
        "what cannot be read, told apart or typed is none",
        arguments: [
            ("", .blank), ("   ", .blank), ("\u{a0}", .blank), ("a\nb", .unprintable), ("\t", .unprintable),
            ("a\u{1b}[2J", .unprintable), ("a\u{7f}", .unprintable), ("a\u{85}b", .unprintable),
            ("a\u{2028}b", .unprintable), ("a\u{202e}b", .unprintable), ("a\0", .unprintable),
            ("2", .onlyDigits("2")), ("0042", .onlyDigits("0042")), ("٤٢", .onlyDigits("٤٢")),
            (String(repeating: "x", count: 201), .tooLong(201)),
        ] as [(String, ProjectName.Invalid)]
    )
    func bad(name: String, reason: ProjectName.Invalid) {
        #expect(throws: reason) { try ProjectName(name) }
        #expect(reason.description.contains("1 to 200 printable characters"))
    }

    @Test("what looks the same is the same")
    func composed() throws {
        #expect(try Array(ProjectName("e\u{301}t").text.unicodeScalars) == ["\u{e9}", "t"])
    }

    @Test(
        "control characters are written out",
        arguments: [
            ("plain ü 👩‍👧", "plain ü 👩‍👧"), ("a\u{1b}[2Jb", #"a\u001b[2Jb"#), ("bell\u{7}", #"bell\u0007"#),
            ("\u{9b}31m", #"\u009b31m"#), ("a\u{7f}", #"a\u007f"#), ("\u{202e}x", #"\u202ex"#),
            ("a\nb\tc\r\n", #"a\u000ab\u0009c\u000d\u000a"#), ("\u{e0001}", #"\udb40\udc01"#),
        ]
    )
    func shown(text: String, expected: String) {
        #expect(text.shown() == expected)
    }

    @Test("line ends and tabs may stay; a carriage return alone would write over its line")
    func lines() {
        #expect("a\nb\tc\r\nd\re\u{1b}\r".shown(lines: true) == "a\nb\tc\r\nd\\u000de\\u001b\\u000d")
    }
}
