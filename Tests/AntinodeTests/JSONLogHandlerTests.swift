import EventModel
import Foundation
import Logging
import Synchronization
import Testing

@testable import antinode

@Suite("The log as JSON")
struct JSONLogHandlerTests {
    @Test("a message is one object on one line, whatever is in it")
    func lines() {
        let written = Mutex<[String]>([])
        withExtendedLifetime(written) {
            var logger = Logger(label: "antinode") { label in
                JSONLogHandler(label: label, now: { Timestamp(milliseconds: 1_700_000_000_123) }) { line in
                    written.withLock { $0.append(line) }
                }
            }
            logger[metadataKey: "project"] = "shop"
            logger.debug("not asked for")
            logger.error(
                "it broke\nin two",
                metadata: [
                    "reason": "\u{1b}[2J \"quoted\"", "level": "deep", "many": ["a", "b"], "of": ["b": "2", "a": "1"],
                ]
            )
            let expected = [
                #"{"time":"2023-11-14T22:13:20.123Z","level":"error","logger":"antinode","#,
                #""message":"it broke\nin two","_level":"deep","many":["a","b"],"of":{"a":"1","b":"2"},"#,
                #""project":"shop","reason":"\u001b[2J \"quoted\""}"#,
            ].joined()
            #expect(written.withLock { $0 } == [expected + "\n"])
        }
    }
}
