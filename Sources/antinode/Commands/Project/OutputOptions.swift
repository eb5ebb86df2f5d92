import ArgumentParser
import EventModel
import ProjectStore
import Storage

/// How projects are printed.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON, for scripts.")
    var json = false

    func show(_ projects: [Project], _ directory: ProjectDirectory) {
        var json = JSONWriter()
        json.list(projects) { $0.project($1, directory.keeping(of: $1)) }
        print(json.text)
    }

    /// - Parameter keeping: is not shown if left out.
    func show(_ project: Project, _ keeping: Keeping? = nil) {
        if json {
            var json = JSONWriter()
            json.project(project, keeping)
            print(json.text)
        } else {
            print(
                """
                project     \(project.name.shown())
                id          \(project.id)
                time zone   \(project.timeZone.name)
                retention   \(project.retentionDays == .calendar ? "days of the calendar" : "windows of 24 hours")
                API key     \(project.apiKey)
                secret key  \(project.secretKey)
                """
            )
            if let keeping {
                let since = keeping.cut.map { ", days before \(project.timeZone.date(of: $0).iso) have left" } ?? ""
                print("keeps       \(keeping.words)\(since)")
            }
            for key in project.oldKeys(.api, at: .now) { print("old API key     \(key.line)") }
            for key in project.oldKeys(.secret, at: .now) { print("old secret key  \(key.line)") }
        }
    }
}

extension Keeping {
    /// Such as `400 days`.
    var words: String { days.map { $0.count == 1 ? "1 day" : "\($0.count) days" } ?? "everything" }
}

extension ProjectDirectory {
    /// As far as anybody can say: nothing is said to leave of what cannot be read.
    func keeping(of project: Project) -> Keeping { ProjectDatabase.keeping(in: folder(of: project)) ?? Keeping() }
}

extension OldKey {
    fileprivate var line: String { "\(key) until \(endsAt.iso8601)" }
}

extension JSONWriter {
    fileprivate mutating func project(_ project: Project, _ keeping: Keeping? = nil) {
        raw("{\"id\":")
        integer(project.id)
        raw(",\"name\":")
        string(project.name)
        raw(",\"time_zone\":")
        string(project.timeZone.name)
        raw(",\"retention_days\":")
        string(project.retentionDays.rawValue)
        if let keeping {
            raw(",\"keep_days\":")
            if let days = keeping.days { integer(days.count) } else { raw("null") }
        }
        raw(",\"api_key\":")
        string(project.apiKey)
        raw(",\"secret_key\":")
        string(project.secretKey)
        raw(",\"old_keys\":")
        list(project.oldKeys(.api, at: .now) + project.oldKeys(.secret, at: .now)) { $0.oldKey($1) }
        raw("}")
    }

    private mutating func oldKey(_ old: OldKey) {
        raw("{\"kind\":")
        string(old.kind.rawValue)
        raw(",\"key\":")
        string(old.key)
        raw(",\"ends_at\":")
        string(old.endsAt.iso8601)
        raw("}")
    }
}
