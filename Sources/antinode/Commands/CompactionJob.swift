import EventModel
import Foundation

/// Has a project compacted, and shows how far that is.
struct CompactionJob {
    private let project: Project
    private let api: ProjectAPI

    private struct Answer: Decodable {
        var data: Status
    }

    private struct Status: Decodable {
        var step: String?
        var done: Int
        var total: Int
        var runs: Int
        var outcome: Outcome?
        var held: Held?
    }

    /// Days that wait for somebody who means it.
    private struct Held: Decodable {
        var reason: String
        var cut: String
        var departing: Int
        var events: Int
    }

    private struct Outcome: Decodable {
        var people: Int?
        var receipt: Receipt?
    }

    private struct Receipt: Decodable {
        var batches: Int
        var deleted: Int
        var expired: Int
        var names: Int
        var refused_requests: Int
    }

    init(_ project: Project, _ api: ProjectAPI) {
        self.project = project
        self.api = api
    }

    /// - Parameter isMeant: whether days leave that would wait for somebody who means it.
    /// - Returns: what was done, as sentences.
    func run(meaningIt isMeant: Bool) async throws -> String {
        // One that is under way may have begun before the last deletion was due.
        _ = try await end(of: ask("GET"))
        let status = try await end(of: ask("POST", isMeant ? "?yes=true" : ""))
        return try sentence(for: status.outcome) + (status.held.map { "\n\(sentence(for: $0))" } ?? "")
    }

    /// Shows how far a run is that was begun by something else, until it is over.
    func wait() async throws {
        let status = try await end(of: ask("GET"))
        if status.outcome != nil { _ = try sentence(for: status.outcome) }
    }

    private func sentence(for held: Held) -> String {
        let events = "\(held.departing) of \(count(held.events, "event", "events"))"
        let reason =
            held.reason == "clock"
            ? "nothing came in for two days, so the clock may be wrong" : "that is more than a tenth of all"
        return "\(project.name.shown()): \(events) from before \(held.cut) are to leave, but \(reason)."
            + " `antinode compact --yes` lets them leave."
    }

    /// Shows how far a run is, until it is over.
    private func end(of run: Status) async throws -> Status {
        var status = run
        var (step, bar): (String?, ProgressBar?)
        while status.step != nil, status.runs == run.runs {
            if let now = status.step, now != step {
                bar?.finish()
                bar = ProgressBar(
                    title: "\(project.name.shown()): \(Self.words(for: now))",
                    total: status.total,
                    unit: nil
                )
                step = now
            }
            bar?.show(status.done)
            try await Task.sleep(for: .milliseconds(100))
            status = try await ask("GET")
        }
        bar?.finish()
        return status
    }

    private func ask(_ method: String, _ query: String = "") async throws -> Status {
        let answer = try await api.ask(method, "/api/v1/compaction" + query)
        guard answer.status == 200 || answer.status == 202 else {
            throw api.complaint(about: answer)
        }
        return try JSONDecoder().decode(Answer.self, from: Data(answer.body)).data
    }

    private static func words(for step: String) -> String {
        switch step {
        case "looking": "looking through the journal"
        case "rewriting": "writing the journal anew"
        case "columns": "making the columns anew"
        case "wiping": "overwriting free places"
        default: step
        }
    }

    private func sentence(for outcome: Outcome?) throws(Complaint) -> String {
        let name = project.name.shown()
        guard let people = outcome?.people, let receipt = outcome?.receipt else {
            throw Complaint("\(name): it did not come to its end; the log says why. It is tried again within minutes.")
        }
        if people == 0, receipt.deleted + receipt.expired == 0 { return "\(name): nothing was to leave." }
        let days =
            receipt.expired > 0 ? " \(count(receipt.expired, "event", "events")) of days that are not kept," : ""
        return "\(name): \(count(people, "person", "people")) with \(count(receipt.deleted, "event", "events")),\(days)"
            + " \(count(receipt.names, "name", "names")) that nobody else had, and"
            + " \(count(receipt.refused_requests, "refused request", "refused requests")) are gone from the files."
    }

    private func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
