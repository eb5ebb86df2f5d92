import Foundation

/// One line that shows how far long work has come. On something that is no terminal, a line at the end.
struct ProgressBar {
    private let title: String
    private let total: Int
    /// `nil` if what is counted means nothing to people.
    private let unit: String?
    private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
    private let start = ContinuousClock.now
    private var lastShown = ContinuousClock.now - .seconds(1)
    private static let width = 40

    /// - Parameter total: about how much there is to do.
    init(title: String, total: Int, unit: String? = "events") {
        self.title = title
        self.unit = unit
        self.total = max(1, total)
    }

    /// - Parameter counted: events, if `done` counts something else.
    mutating func show(_ done: Int, counted: Int? = nil) {
        guard isTerminal, lastShown.duration(to: .now) > .milliseconds(100) else { return }
        lastShown = .now
        draw(share: min(Double(done) / Double(total), 0.99), counted ?? done)
    }

    func finish(_ done: Int = 0) {
        if isTerminal {
            draw(share: 1, done)
            write("\n")
        } else {
            write(unit.map { "\(title): \(done) \($0)\n" } ?? "\(title)\n")
        }
    }

    private func draw(share: Double, _ done: Int) {
        let filled = Int(share * Double(Self.width))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
        let seconds = start.duration(to: .now) / .seconds(1)
        let rate = seconds > 0 ? Int(Double(done) / seconds) : 0
        let counted = unit.map { "  \(done) \($0), \(rate)/s" } ?? ""
        write("\r\(title)  \(bar) \(Int(share * 100)) %\(counted) ")
    }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
