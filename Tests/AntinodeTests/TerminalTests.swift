import Foundation
import GRDB
import ProjectStore
import Testing

@testable import antinode

@Suite("What a terminal shows")
struct TerminalTests {
    @Test(
        "a word stays one word in a shell",
        arguments: [
            ("/data/a-b_c.d", "/data/a-b_c.d"), ("web shop", "'web shop'"), ("", "''"), ("it's", #"'it'\''s'"#),
            ("$HOME", "'$HOME'"), ("a;b", "'a;b'"), ("Laden ü", "'Laden ü'"), ("*", "'*'"),
        ]
    )
    func quoted(word: String, expected: String) {
        #expect(ShellCommand.quoted(word) == expected)
    }

    @Test("columns are as wide as their longest text, and control characters are shown")
    func table() {
        var table = Table("id", "name", "time zone")
        table.add("1", "web shop", "UTC")
        table.add("10", "a\tb", "Europe/Berlin")
        #expect(
            table.text == """
                id  name      time zone
                1   web shop  UTC
                10  a\\u0009b  Europe/Berlin
                """
        )
    }

    @Test("faults are sentences: no domain, no dump, no bare code")
    func complaints() {
        func sentence(_ body: () throws -> Void) -> String {
            do {
                try body()
                return "nothing happened"
            } catch {
                return Complaint(error).description
            }
        }
        #expect(sentence { _ = try Data(contentsOf: URL(fileURLWithPath: "/nowhere")) } == "No such file or directory.")
        #expect(sentence { throw POSIXError(.ENOSPC) } == "No space left on device.")
        #expect(sentence { throw CocoaError(CocoaError.Code(rawValue: 512)) } == "The system gave no reason.")
        #expect(sentence { throw Complaint("Did you mean port?") } == "Did you mean port?")
        let damaged = DatabaseError(resultCode: .SQLITE_NOTADB, message: "file is not a database")
        #expect(
            sentence { throw damaged }
                == "File is not a database (SQLite's error 26); restore it from a backup."
        )
    }

    @Test("a word that is no command is named, with what was meant, wherever it stands")
    func unknownCommands() {
        func mistake(_ line: String) -> String? {
            UnknownCommand(line.split(separator: " ").map(String.init))?.description
        }
        for line in ["", "serve", "project", "project list --data-dir x", "--version", "help project", "demo x"] {
            #expect(mistake(line) == nil, "\(line)")
        }
        #expect(mistake("projct list")?.contains("`antinode projct`. Did you mean `antinode project`?") == true)
        #expect(mistake("rejects sho 1")?.contains("Did you mean `antinode rejects show`?") == true)
        let mistake = mistake("project frobnicate x --data-dir D") ?? ""
        #expect(mistake.contains("`antinode project frobnicate`. There are: create, list,"))
        #expect(mistake.contains("Usage: antinode project <subcommand>"))
    }
}
