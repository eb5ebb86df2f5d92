import ArgumentParser
import Testing

@testable import antinode

@Suite("A length of time, as it is typed")
struct LengthOfTimeTests {
    @Test(
        "a number and a unit",
        arguments: [
            ("1m", 60), ("12h", 43_200), ("30d", 2_592_000), ("2w", 1_209_600), ("3653d", 315_619_200),
        ]
    )
    func good(text: String, seconds: Int64) throws {
        #expect(try LengthOfTime(typed: text).milliseconds == seconds * 1_000)
    }

    @Test(
        "anything else is refused, and named",
        arguments: [
            "", "d", "30", "0d", "-1d", "1.5d", "30 d", "30s", "3654d", "99999999999999999999d", "9223372036854775807w",
        ]
    )
    func bad(text: String) {
        let error = #expect(throws: ValidationError.self) { try LengthOfTime(typed: text) }
        #expect(error?.message.contains("30d; \(text) is not") == true)
    }
}
