import Foundation
import Testing

extension EndToEnd {
    /// What an application builder's connector sends for its commands (Appsmith's page "Amplitude"), with the values of its
    /// page. A command sends every field of its form, those that nobody filled as empty texts.
    @Suite("A connector's commands")
    struct ConnectorTests {
        @Test("users, active and new, by each interval")
        func counts() async throws {
            let project = try await PageProject.start()
            for (metric, interval, wanted) in [
                ("active", "1", [1, 1]), ("new", "1", [1, 0]), ("active", "7", [1, 0]), ("active", "30", [2]),
                ("", "", [1, 1]),
            ] {
                let answer = try await project.ask(
                    "/api/2/users",
                    ["start": "20250101", "end": "20250131", "m": metric, "i": interval]
                )
                let first = interval == "7" || interval == "30" ? 0 : 1
                let found = try wanted.indices.map { place in
                    try #require(answer.json.member("data.series.0.\(first + place)")?.int, "\(answer)")
                }
                #expect(found == wanted, "m=\(metric) i=\(interval): \(answer)")
            }
            try await project.server.stop()
        }

        @Test("segmentation: both events of the page, each metric, kind of user, interval and group")
        func segmentation() async throws {
            let project = try await PageProject.start()
            let click = #"{"event_type":"Table Click"}"#
            let purchase =
                #"{"event_type":"Purchase","filters":[{"subprop_type":"event","subprop_key":"amount","#
                + #""subprop_op":"greater","subprop_value":["100"]}]}"#
            // The page: metrics of properties require a group by in e.
            let amounts = #"{"event_type":"Purchase","group_by":[{"type":"event","value":"amount"}]}"#
            let form = [
                "e": click, "start": "20250101", "end": "20250131", "m": "uniques", "n": "active", "formula": "",
                "i": "1", "g": "", "limit": "100",
            ]
            let commands: [([String: String], collapsed: Double)] = [
                ([:], 2), (["m": ""], 2), (["n": "any"], 2), (["n": ""], 2), (["i": "7"], 2), (["i": "30"], 2),
                (["i": ""], 2), (["limit": ""], 2), (["m": "totals"], 3), (["m": "average"], 1.5),
                (["e": purchase], 1), (["e": amounts, "m": "sums"], 250), (["e": amounts, "m": "value_avg"], 125),
                // The page: a formula is only used when the metric says so.
                (["formula": "revenue / users"], 2),
                // The page's own text is in no syntax of Amplitude's; this is.
                (["m": "formula", "formula": "TOTALS(A)/UNIQUES(A)"], 1.5),
            ]
            for (fields, wanted) in commands {
                let answer = try await project.ask("/api/2/events/segmentation", form.merging(fields) { $1 })
                let collapsed = answer.json.member("data.seriesCollapsed.0.0.value")
                #expect(answer.status == 200 && collapsed == .number(wanted), "\(fields): \(answer)")
            }
            for metric in ["pct_dau", "histogram"] {
                let event = metric == "histogram" ? amounts : click
                let answer = try await project.ask(
                    "/api/2/events/segmentation",
                    form.merging(["m": metric, "e": event]) { $1 }
                )
                #expect(answer.json.lacks("data.series.0.1 number") == [], "\(metric): \(answer)")
            }
            for (group, labels) in [("platform", ["Web", "iOS"]), ("gp:subscription_tier", ["gold", "silver"])] {
                let answer = try await project.ask("/api/2/events/segmentation", form.merging(["g": group]) { $1 })
                #expect(answer.json.member("data.seriesLabels") == .list(labels.map(PageJSON.text)), "\(answer)")
            }
            let refused = try await project.ask(
                "/api/2/events/segmentation",
                form.merging(["m": "formula", "formula": "revenue / users"]) { $1 }
            )
            #expect(refused.status == 400 && refused.text.contains("UNIQUES"), "\(refused)")
            try await project.server.stop()
        }

        @Test("an export of the page's hours has nothing; one of this hour is a zip")
        func export() async throws {
            let project = try await PageProject.start()
            // Nothing had arrived by then: the hours are those of arrival.
            let old = try await project.ask("/api/2/export", ["start": "20220201T05", "end": "20220201T23"])
            #expect(old.status == 404 && old.json.member("error.http_code") == .number(404), "\(old)")
            let now = Date.now
            let hours = [now.addingTimeInterval(-3600), now.addingTimeInterval(3600)].map {
                $0.formatted(
                    .verbatim(
                        "\(year: .defaultDigits)\(month: .twoDigits)\(day: .twoDigits)T\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))",
                        timeZone: .gmt,
                        calendar: Calendar(identifier: .gregorian)
                    )
                )
            }
            let answer = try await project.client.ask("/api/2/export?start=\(hours[0])&end=\(hours[1])")
            #expect(answer.status == 200 && answer.body.starts(with: Data("PK".utf8)), "\(answer.status)")
            try await project.server.stop()
        }

        @Test("cohorts, all that there are")
        func cohorts() async throws {
            let project = try await PageProject.start()
            let none = try await project.ask("/api/3/cohorts", [:])
            #expect(none.json == .object(["cohorts": .list([])]), "\(none)")
            let body = """
                {"name":"Clickers","app_id":\(project.keys.id),"id_type":"BY_USER_ID","ids":["clicker-one"],\
                "owner":"a@example.com","published":true}
                """
            let made = try await project.client.ask("/api/3/cohorts/upload", method: "POST", body: body)
            #expect(made.status == 200, "\(made.text)")
            let one = try await project.ask("/api/3/cohorts", [:])
            #expect(
                one.json.lacks("cohorts.0.id text, cohorts.0.name text, cohorts.0.definition object, cohorts.1 nothing")
                    == [],
                "\(one)"
            )
            try await project.server.stop()
        }

        @Test("user search by Amplitude ID, device ID, user ID and a prefix; nobody is an empty list")
        func search() async throws {
            let project = try await PageProject.start()
            let click = #"[{"user_id": "user123", "event_type": "click", "event_properties": {"button": "signup"}}]"#
            #expect(try await project.send(click).status == 200)
            let number = try await project.amplitudeID(of: PageProject.otherDevice)
            for (user, type) in [
                // Of the person of this project whom the page's 356893043036 stands for.
                (String(number), "match_amplitude_id"), ("0786zXEdyOX1rS3M-P_m1d", "match_user_or_device_id"),
                ("user123", "match_user_or_device_id"), ("user", "match_user_prefix"),
            ] {
                let answer = try await project.ask("/api/2/usersearch", ["user": user])
                #expect(answer.json.member("type") == .text(type), "\(user): \(answer)")
                #expect(
                    answer.json.lacks("matches.0.amplitude_id number, matches.1 nothing") == [],
                    "\(user): \(answer)"
                )
            }
            let nobody = try await project.ask("/api/2/usersearch", ["user": "nobody-at-all"])
            #expect(nobody.status == 200 && nobody.json.member("matches") == .list([]), "\(nobody)")
            try await project.server.stop()
        }

        @Test("results of a saved chart, in JSON and as CSV; a chart that is not there is told")
        func chart() async throws {
            let project = try await PageProject.start()
            let chart = try await project.savedChart()
            let query = try await project.ask("/api/3/chart/\(chart)/query", [:])
            #expect(query.status == 200 && query.json.member("data.series.0.1") == .number(1), "\(query)")
            let table = try await project.ask("/api/3/chart/\(chart)/csv", [:])
            guard case .text(let csv) = table.json.member("data") else {
                Issue.record("\(table)")
                return
            }
            #expect(csv.contains("2025-01-02"))
            // The page's own id is of no chart here.
            let unknown = try await project.ask("/api/3/chart/abc123def456/query", [:])
            #expect(unknown.status == 404, "\(unknown)")
            try await project.server.stop()
        }

        @Test("events are sent as the page writes them, and are there at once")
        func sending() async throws {
            let project = try await PageProject.start()
            let one = #"[{"user_id": "user123", "event_type": "click", "event_properties": {"button": "signup"}}]"#
            let two =
                #"[{"user_id": "user123", "event_type": "page_view", "event_properties": {"page": "home"}}, "#
                + #"{"user_id": "user123", "event_type": "click", "event_properties": {"button": "signup"}}]"#
            for (events, count) in [(one, 1), (two, 2)] {
                let answer = try await project.send(events)
                #expect(
                    answer.status == 200 && answer.json.member("events_ingested") == .number(Double(count)),
                    "\(answer)"
                )
            }
            let activity = try await project.ask("/api/2/useractivity", ["user": "user123"])
            #expect(activity.json.member("userData.num_events") == .number(3), "\(activity)")
            try await project.server.stop()
        }

        @Test("a custom action: active users in real time")
        func custom() async throws {
            let project = try await PageProject.start()
            let answer = try await project.ask("/api/2/realtime", [:])
            #expect(
                answer.json.member("data.seriesLabels") == .list([.text("Today"), .text("Yesterday")])
                    && answer.json.lacks("data.xValues.287 text, data.series.1.287 number") == [],
                "\(answer)"
            )
            try await project.server.stop()
        }
    }
}

/// An answer to a connector.
private struct ConnectorAnswer: CustomStringConvertible {
    var status: Int
    var json: PageJSON
    var text: String

    var description: String { "\(status) \(text.prefix(2000))" }

    init(_ answer: HTTPAnswer) throws {
        status = answer.status
        text = answer.text
        json = try #require(PageJSON(answer.body), "\(answer.status) \(answer.text)")
    }
}

extension PageProject {
    /// Asks with all fields of a form, also those that are empty.
    fileprivate func ask(_ path: String, _ fields: [String: String]) async throws -> ConnectorAnswer {
        var url = URLComponents()
        url.path = path
        if !fields.isEmpty {
            url.queryItems = fields.sorted { $0.key < $1.key }.map { URLQueryItem(name: $0, value: $1) }
        }
        return try await ConnectorAnswer(client.ask(#require(url.string)))
    }

    /// Sends a list of events as it stands.
    fileprivate func send(_ events: String) async throws -> ConnectorAnswer {
        try await ConnectorAnswer(
            client.ask("/2/httpapi", method: "POST", body: #"{"api_key":"\#(keys.apiKey)","events":\#(events)}"#)
        )
    }
}
