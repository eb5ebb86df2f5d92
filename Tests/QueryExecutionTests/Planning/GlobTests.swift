import TestSupport
import Testing

@testable import QueryExecution

@Suite struct GlobTests {
    @Test(
        "fits all of the text",
        arguments: [
            ("", "", true), ("", "a", false), ("a", "a", true), ("a", "A", false), ("a", "ab", false),
            ("*", "", true), ("*", "abc", true), ("*", "a/b", false), ("a*", "a", true), ("a*c", "abbc", true),
            ("a*c", "abbd", false), ("*c", "c", true), ("*/b", "a/b", true), ("*/b", "a/c/b", false),
            ("**", "", true), ("**", "a/b", true), ("**/b", "a/c/b", true), ("**/b", "b", false), ("a/**", "a/", true),
            ("/shop/*/buy", "/shop/shoes/buy", true), ("/shop/*/buy", "/shop/shoes/red/buy", false),
            ("/shop/**/buy", "/shop/shoes/red/buy", true), ("***", "a/b", true),
            ("?", "a", true), ("?", "", false), ("?", "/", false), ("?", "é", true), ("a?c", "abc", true),
            ("[0-9]", "5", true), ("[0-9]", "a", false), ("[!a-z]", "5", true), ("[!a-z]", "b", false),
            ("[abc]", "b", true), ("[abc]", "d", false), ("v[0-9]*", "v12", true), ("[a-cx]", "x", true),
            ("[]]", "]", true), ("[!]]", "]", false), ("[a-]", "-", true), ("[z-a]", "m", false),
            ("[", "[", true), ("[a", "[a", true), ("a[", "a[", true), ("[!", "[!", true), ("]", "]", true),
            ("a.c", "abc", false), ("(a)", "(a)", true), ("*.*", "a.b.c", true),
            ("a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ]
    )
    func table(pattern: String, text: String, fits: Bool) {
        #expect(Glob(pattern).matches(text) == fits)
    }

    @Test(
        "patterns of more than 64 parts, whose places lie in several words",
        arguments: [0, 1, 62, 63, 64, 65, 127, 128, 200]
    )
    func long(length: Int) {
        let letters = String(repeating: "a", count: length)
        let ones = String(repeating: "?", count: length)
        #expect(Glob(letters).matches(letters))
        #expect(!Glob(letters).matches(letters + "a"))
        #expect(Glob(ones + "*").matches(letters))
        #expect(Glob("*" + ones + "b").matches("xx" + letters + "b"))
        #expect(!Glob("*" + ones + "b").matches(letters))
        #expect(Glob(ones + "[a-c]**").matches(letters + "b/" + letters))
        // More than any text has, and stars wherever they could go on.
        #expect(!Glob(String(repeating: "**?", count: 4_000)).matches(letters))
        #expect(Glob(String(repeating: "**?", count: length)).matches(letters))
    }

    @Test("equals trying every length, on every short pattern and text")
    func exhaustive() {
        func all(_ letters: [String], upTo length: Int) -> [String] {
            var (texts, last) = ([""], [""])
            for _ in 0..<length {
                last = last.flatMap { text in letters.map { text + $0 } }
                texts += last
            }
            return texts
        }
        let texts = all(["a", "b", "/"], upTo: 4)
        for pattern in all(["a", "/", "*", "?", "[!a]"], upTo: 4) {
            let glob = Glob(pattern)
            let scalars = Array(pattern.unicodeScalars)
            for text in texts where glob.matches(text) != plainGlob(scalars[...], Array(text.unicodeScalars)[...]) {
                Issue.record("\(pattern) and \(text)")
                return
            }
        }
    }
}
