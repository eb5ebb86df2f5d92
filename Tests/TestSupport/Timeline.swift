/// A person's events as text: one character a step of time, a letter an event, `-` a quiet step, `(AB)` the same step.
/// How long a step is, and what a letter stands for, is said by those who use it.
public struct Timeline: Sendable {
    public struct Moment: Hashable, Sendable {
        /// Counted from 0.
        public var step: Int
        public var letter: Character
    }

    /// In the order of the text.
    public private(set) var moments: [Moment] = []

    public init(_ text: some Sequence<Character>) {
        var step = 0
        var isTogether = false
        for character in text {
            switch character {
            case "(": isTogether = true
            case ")":
                isTogether = false
                step += 1
            case "-": step += 1
            default:
                moments.append(Moment(step: step, letter: character))
                if !isTogether { step += 1 }
            }
        }
    }

    /// Calls `body` with every text of 1 to `most` symbols, shortest first, until it says no.
    public static func forEach(of symbols: [String], most: Int, _ body: ([Character]) -> Bool) {
        var last: [[Character]] = [[]]
        let symbols = symbols.map { Array($0) }
        for _ in 0..<most {
            last = last.flatMap { timeline in symbols.map { timeline + $0 } }
            for timeline in last where !body(timeline) { return }
        }
    }
}
