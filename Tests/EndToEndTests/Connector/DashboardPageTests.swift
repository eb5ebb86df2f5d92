import Foundation
import Testing

extension EndToEnd {
    /// Whoever copies an example off Amplitude's page about the Dashboard REST API gets what the page says, once host, keys
    /// and ids are their own.
    @Suite("Examples of Amplitude's page")
    struct DashboardPageTests {
        @Test("each is answered as the page says")
        func answered() async throws {
            let project = try await PageProject.start()
            for example in PageExample.ofThePage {
                if example.form == .python, !ReadingClient.areInstalled {
                    print("\(example.name) is left out: it needs Python 3.10 or 3.11, which this machine lacks.")
                    continue
                }
                let text = try await example.filled(project)
                let answer = try await example.send(text, to: project.server)
                guard answer.status == 200, let json = PageJSON(answer.body) else {
                    Issue.record("\(example.name): \(answer.status) \(answer.text)\n\(text)")
                    continue
                }
                #expect(json.lacks(example.fields) == [], "\(example.name)")
                for (path, wanted) in example.values {
                    let found = json.member(path)
                    #expect(found == wanted, "\(example.name): \(path) of \(answer.text.prefix(2000))")
                }
            }
            try await project.server.stop()
        }

        @Test("those that nobody could send as they are written are refused in the API's words")
        func asWritten() async throws {
            let project = try await PageProject.start()
            for example in PageExample.ofThePage {
                guard let status = example.statusAsWritten else { continue }
                let text = try await example.filled(project, deviating: false)
                let answer = try await example.send(text, to: project.server)
                #expect(answer.status == status, "\(example.name): \(answer.text)")
                let code = PageJSON(answer.body)?.member("error.http_code")
                #expect(code == .number(Double(status)), "\(example.name): \(answer.text)")
            }
            try await project.server.stop()
        }
    }
}
