import Synchronization
import Testing

@testable import Ingestion

@Suite("The order of an import's pieces") struct ImportTurnsTests {
    private static func turn(_ line: Int) -> ImportTurns.Turn { ImportTurns.Turn(file: "f", line: line) }

    private final class Seen: Sendable {
        let lines = Mutex<[Int]>([])
    }

    @Test("who comes early waits for the piece before, however they come")
    func order() async {
        let turns = ImportTurns(patience: .seconds(600))
        let seen = Seen()
        await withTaskGroup(of: Void.self) { group in
            for line in (1...20).reversed() {
                group.addTask {
                    if line > 1 { #expect(await turns.wait(for: Self.turn(line - 1))) }
                    seen.lines.withLock { $0.append(line) }
                    turns.pass(Self.turn(line))
                }
            }
        }
        #expect(seen.lines.withLock { $0 } == Array(1...20))
    }

    @Test("nobody waits for ever for a piece that does not come; one that has passed is not waited for")
    func patience() async {
        let turns = ImportTurns(patience: .milliseconds(10))
        #expect(await !turns.wait(for: Self.turn(1)))
        turns.pass(Self.turn(2))
        #expect(await turns.wait(for: Self.turn(2)))
        #expect(await !turns.wait(for: ImportTurns.Turn(file: "g", line: 2)))
    }
}
