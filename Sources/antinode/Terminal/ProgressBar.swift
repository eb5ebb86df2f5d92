import Foundation

/// One line that shows how far long work has come. On something that is no terminal, a line at the end.
struct ProgressBar {
    private let title: String
    private let total: Int
    private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
    private let start = ContinuousClock.now
    private var lastShown = ContinuousClock.now - .seconds(1)
    private static let width = 40

    /// - Parameter total: about how much there is to do.
    init(title: String, total: Int) {
        self.title = title
        self.total = max(1, total)
    }

    /// - Parameter counted: events, if `done` counts something else.
    mutating func show(_ done: Int, counted: Int? = nil) {
        guard isTerminal, lastShown.duration(to: .now) > .milliseconds(100) else { return }
        lastShown = .now
        draw(share: min(Double(done) / Double(total), 0.99), counted ?? done)
    }

    func finish(_ done: Int) {
        if isTerminal {
            draw(share: 1, done)
            write("\n")
        } else {
            write("\(title): \(done) events\n")
        }
    }

    private func draw(share: Double, _ done: Int) {
        let filled = Int(share * Double(Self.width))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
        let seconds = start.duration(to: .now) / .seconds(1)
        let rate = seconds > 0 ? Int(Double(done) / seconds) : 0
        write("\r\(title)  \(bar) \(Int(share * 100)) %  \(done) events, \(rate)/s ")
    }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
