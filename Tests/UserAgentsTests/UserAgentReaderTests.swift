import Foundation
import TestSupport
import Testing

@testable import UserAgents

@Suite("user agents") struct UserAgentReaderTests {
    /// What the official reader says.
    private struct Expected: Decodable {
        var agent: String
        var browser: String?
        var version: String?
        var system: String?
        var family: String?
        var brand: String?
        var model: String?
    }

    private static let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardizedFileURL

    private static func reader() throws -> UserAgentReader {
        try UserAgentReader(path: package.appending(path: ".user-agents/user-agents.json").path)
    }

    @Test("what real visitors' browsers send means what the official reader says")
    func oracle() throws {
        let data = try Data(contentsOf: Self.package.appending(path: ".cache/oracles/user-agents.json"))
        let all = try JSONDecoder().decode([Expected].self, from: data)
        #expect(all.count > 800)
        let reader = try Self.reader()
        for expected in all {
            let agent = reader.read(expected.agent)
            #expect(agent.browser == expected.browser, "\(expected.agent)")
            #expect(agent.browserVersion == expected.version, "\(expected.agent)")
            #expect(agent.system == expected.system, "\(expected.agent)")
            #expect(agent.deviceFamily == expected.family, "\(expected.agent)")
            #expect(agent.deviceBrand == expected.brand, "\(expected.agent)")
            #expect(agent.deviceModel == expected.model, "\(expected.agent)")
        }
    }

    @Test("what says nothing is nothing", arguments: ["", " ", "x", "Ünïcödé 日本"])
    func nothing(agent: String) throws {
        #expect(try Self.reader().read(agent) == UserAgent())
    }

    @Test(
        "hostile ones end soon and do no harm",
        arguments: ["a", "(", "Android ", "; ", "Mozilla/5.0 (", "1.", "\u{0}"]
    )
    func hostile(piece: String) throws {
        _ = try Self.reader().read(String(repeating: piece, count: 100_000))
    }

    @Test(
        "templates take the groups of the match",
        arguments: [
            ("$1", "a"), ("$2 $1", "b a"), ("x$3y", "xy"), ("$3", nil), ("$9", nil), ("$0", nil), ("5$", "5$"),
            (" $1 ", "a"), ("", nil), ("plain", "plain"), ("$x", "$x"),
        ] as [(String, String?)]
    )
    func templates(template: String, filled: String?) {
        #expect(Rules.fill(template, ["all", "a", "b", nil]) == filled)
    }

    @Test("a file that is missing, is no JSON or has a broken pattern is named, with what to do")
    func damaged() throws {
        let folder = try TemporaryFolder().made()
        let file = folder.url.appending(path: "patterns.json")
        let broken = "{\"source\":\"x\",\"browsers\":[{\"pattern\":\"(\"}],\"systems\":[],\"devices\":[]}"
        for text in [nil, "{", broken] {
            try text?.write(to: file, atomically: true, encoding: .utf8)
            let error = #expect(throws: UserAgentError.self) { try UserAgentReader(path: file.path) }
            #expect(error?.message.contains("Run `make setup`") == true)
        }
    }

    @Test("the file is looked for from each folder upwards, each place once")
    func search() {
        let name = PatternFile.name
        let expected = ["/a/b", "/a", "", "/a/c"].flatMap { folder in
            ["", "/lib", "/.user-agents"].map { "\(folder)\($0)/\(name)" }
        }
        #expect(PatternFile.candidates(from: ["/a/b", "/a/c"]) == expected)
    }

    @Test("what is in use stays known, and no more than twice the capacity is kept")
    func recentlyUsed() {
        var known = RecentlyUsed<Int, Int>(capacity: 10)
        for number in 0..<1_000 {
            known[number] = number
            let isKnown = known[0] != nil
            if number % 7 == 0 { known[0] = 0 }
            #expect(isKnown || number > 0)
            #expect(known.count <= 20)
        }
        let latest = known[999]
        let forgotten = known[500]
        #expect(latest == 999)
        #expect(forgotten == nil)
    }
}
