import Foundation
import Testing

extension EndToEnd {
    @Suite("What the server adds")
    struct EnrichmentTests {
        private static let chrome =
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36"

        private static func groups(_ property: String, _ project: ProjectClient) async throws -> [String: Int] {
            let e = #"{"event_type":"Hello","group_by":[{"type":"user","value":"\#(property)"}]}"#
            return try await project.chart(e, m: "totals", days: "20240301-20240301").collapsedGroups
        }

        @Test("places by --geoip, browsers and devices by user agents and models, all as groups of a chart")
        func groups() async throws {
            let folder = try TestFolder()
            let server = try await ServerProcess.start(
                in: folder,
                "--port 0 --data-dir \(folder.data.path) --geoip \(try Tools.placesFile())"
            )
            let project = server.client(try await folder.createProject("web"))
            let first = SentEvent(userID: "user-1", eventType: "Hello", time: 1_709_294_400_000)
            var page = first
            page.ip = "192.0.2.1"
            page.userAgent = Self.chrome
            var app = first
            app.userID = "user-2"
            app.ip = "2001:db8::1"
            app.deviceModel = "iPhone14,5"
            var named = first
            named.userID = "user-3"
            named.ip = "192.0.2.1"
            named.country = "Iceland"
            #expect(try await project.send([page, app, named]).status == 200)

            #expect(
                try await Self.groups("country", project) == ["United States": 1, "Côte d'Ivoire": 1, "Iceland": 1]
            )
            #expect(try await Self.groups("city", project) == ["San Francisco": 1, "Abidjan": 1, "(none)": 1])
            #expect(try await Self.groups("os", project) == ["Chrome 137": 1, "(none)": 2])
            for family in ["device", "device_family"] {
                #expect(
                    try await Self.groups(family, project) == ["Mac OS X": 1, "Apple iPhone": 1, "(none)": 1],
                    "\(family)"
                )
            }
            #expect(
                try await Self.groups("device_type", project) == ["Mac": 1, "Apple iPhone 13": 1, "(none)": 1]
            )
            try await server.stop()
        }

        @Test("a refused request that is sent again where no server runs gets the same")
        func replayed() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("web")
            var server = try await ServerProcess.start(in: folder)
            var page = SentEvent(userID: "user", eventType: "Hello", time: 1_709_294_400_000)
            page.ip = "192.0.2.1"
            page.userAgent = Self.chrome
            #expect(try await server.client(keys).send([page]).status == 400, "the id is too short")
            try await server.stop()

            let mended = folder.url.appending(path: "mended")
            let shown = try await folder.antinode("rejects show 1 --project web").output
            try Data(shown.replacing(#""user_id":"user""#, with: #""user_id":"user-1""#).utf8).write(to: mended)
            let taken = try await folder.antinode(
                "rejects replay 1 --project web --body \(mended.path)",
                environment: ["ANTINODE_GEOIP": try Tools.placesFile()]
            )
            #expect(taken.output == "1\ttaken: 1 events\n", "\(taken)")
            server = try await ServerProcess.start(in: folder)
            #expect(try await Self.groups("city", server.client(keys)) == ["San Francisco": 1])
            #expect(try await Self.groups("os", server.client(keys)) == ["Chrome 137": 1])
            try await server.stop()
        }

        @Test("a file of places that is missing or damaged stops the start, and says what to do")
        func damaged() async throws {
            let folder = try TestFolder()
            let damaged = folder.url.appending(path: "damaged.mmdb")
            try Data("no places".utf8).write(to: damaged)
            for path in ["missing.mmdb", damaged.path] {
                let finished = try await folder.antinode(
                    "serve --port 0",
                    environment: ["ANTINODE_GEOIP": path]
                )
                #expect(finished.status != 0 && !finished.wasKilled && finished.output == "", "\(finished)")
                #expect(finished.errors.contains("The file of places \(path) cannot be read: "), "\(finished)")
                #expect(finished.errors.contains("GeoLite2-City.mmdb"), "\(finished)")
            }
        }
    }
}
