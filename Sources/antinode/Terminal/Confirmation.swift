import ArgumentParser
import EventModel
import Foundation

/// Asks before something is done that cannot be undone: whoever types the project's name means it.
struct Confirmation: ParsableArguments {
    @Flag(name: [.long, .short], help: "Do it without asking for the project's name.")
    var yes = false

    /// What happens where there is nobody to ask, because no terminal is there.
    enum Unattended { case goOn, refuse }

    /// - Parameter consequence: what is about to happen, as a sentence.
    func ask(_ consequence: String, of project: Project, unattended: Unattended) throws(Complaint) {
        if yes { return }
        guard isatty(FileHandle.standardInput.fileDescriptor) == 1 else {
            if unattended == .goOn { return }
            throw Complaint("\(consequence) Nothing was done: say --yes if you mean it.")
        }
        let question = "\(consequence)\nType the project's name, \(project.name.shown()), to go on: "
        try? FileHandle.standardError.write(contentsOf: Data(question.utf8))
        guard readLine() == project.name else { throw Complaint("That is another name. Nothing was done.") }
    }
}
