import Foundation
import TestSupport
import Testing

@testable import antinode

@Suite("The settings file")
struct SettingsFileTests {
    private static func values(_ json: String) throws -> [Setting: String] {
        let folder = try TemporaryFolder().made()
        let file = folder.url.appending(path: "settings.json")
        try Data(json.utf8).write(to: file)
        return try SettingsFile.values(path: file.path, mustExist: true)
    }

    @Test("texts, numbers, true and false are read as they are written")
    func read() throws {
        let values = try Self.values(#"{"host": "::1", "port": 9000, "queryLimits": true, "columnMemory": 2.5}"#)
        #expect(values == [.host: "::1", .port: "9000", .queryLimits: "true", .columnMemory: "2.5"])
        #expect(try Self.values("{}") == [:])
    }

    @Test(
        "what has no effect is refused, with what was meant",
        arguments: [
            (#"{"prot": 9}"#, ["the setting prot", "Did you mean port?"]),
            (#"{"logLevle": "info"}"#, ["logLevle", "logLevel"]),
            (#"{"Port": 9}"#, ["the setting Port", "port"]),
            (#"{"data-dir": "d"}"#, ["data-dir", "dataDir"]),
            (#"{"frobnicate": 1}"#, ["frobnicate", "There are: host, port"]),
            (#"{"a\u001b[2Jb": 1}"#, ["a\\u001b[2Jb"]),
            (#"{"port": [9]}"#, ["must be a JSON object", "port is none of these"]),
            (#"{"port": null}"#, ["port is none of these"]),
            (#"[9]"#, ["must be a JSON object", "it is no object"]),
            (#"{"port": 9,"#, ["must be a JSON object", "Unexpected end of file"]),
            ("", ["must be a JSON object"]),
        ]
    )
    func refused(json: String, named: [String]) {
        let complaint = #expect(throws: Complaint.self) { try Self.values(json) }
        let sentence = complaint?.description ?? ""
        for part in named { #expect(sentence.contains(part), "\(sentence)") }
        #expect(
            !sentence.contains("Domain") && !sentence.contains("Error(") && !sentence.contains("\u{1b}"),
            "\(sentence)"
        )
    }

    @Test("a file that nobody named need not be there; one that was named must be")
    func missing() throws {
        #expect(try SettingsFile.values(path: "/nowhere/antinode.json", mustExist: false) == [:])
        let complaint = #expect(throws: Complaint.self) {
            try SettingsFile.values(path: "/nowhere/mine.json", mustExist: true)
        }
        #expect(
            complaint?.description
                == "The settings file /nowhere/mine.json cannot be read: No such file or directory."
        )
    }
}
