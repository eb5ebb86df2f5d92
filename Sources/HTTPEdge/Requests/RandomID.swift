public import EventModel

extension ExactText {
    /// Eight lower-case letters and digits, as Amplitude's ids look.
    public static func randomID() -> ExactText {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return ExactText(String((0..<8).map { _ in letters.randomElement() ?? "a" }))
    }
}
