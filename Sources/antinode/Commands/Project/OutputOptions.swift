import ArgumentParser
import EventModel

/// How projects are printed.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON, for scripts.")
    var json = false

    func show(_ projects: [Project]) {
        var json = JSONWriter()
        json.list(projects) { $0.project($1) }
        print(json.text)
    }

    func show(_ project: Project) {
        if json {
            var json = JSONWriter()
            json.project(project)
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
            for key in project.oldKeys(.api, at: .now) { print("old API key     \(key.line)") }
            for key in project.oldKeys(.secret, at: .now) { print("old secret key  \(key.line)") }
        }
    }
}

extension OldKey {
    fileprivate var line: String { "\(key) until \(endsAt.iso8601)" }
}

extension JSONWriter {
    fileprivate mutating func project(_ project: Project) {
        raw("{\"id\":")
        integer(project.id)
        raw(",\"name\":")
        string(project.name)
        raw(",\"time_zone\":")
        string(project.timeZone.name)
        raw(",\"retention_days\":")
        string(project.retentionDays.rawValue)
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
