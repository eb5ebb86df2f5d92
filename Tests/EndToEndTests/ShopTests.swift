import Foundation
import Testing

extension EndToEnd {
    @Suite("A real shop's half year")
    struct ShopTests {
        /// What `Clients/count_shop.py` counts in the file, which knows nothing of the server.
        private struct Counts: Decodable {
            struct Row: Decodable {
                var name: String
                var totals: Chart.Series
                var uniques: Chart.Series

                func series(_ metric: String) -> Chart.Series { metric == "totals" ? totals : uniques }
            }

            var days: [String]
            /// By event type, and `_active` for all of them.
            var types: [Row]
            var channels: [Row]
            var platforms: [Row]
        }

        private struct Loaded: Decodable {
            var accepted: Int
        }

        private static let eventCount = 31_106

        @Test("every chart agrees with a plain count, also after all was sent again, and after a restart")
        func charts() async throws {
            let shop = try await Shop(timeZone: "UTC")
            var server = try await ServerProcess.start(in: shop.folder)
            try await load(shop, into: server)
            try await expectAll(shop, on: server)

            try await load(shop, into: server)
            try await expectTotals(shop, on: server)
            try await server.stop()
            server = try await ServerProcess.start(in: shop.folder)
            try await expectTotals(shop, on: server)
            try await load(shop, into: server)
            try await expectAll(shop, on: server)
            try await server.stop()
        }

        /// The file's events lie between 8 and 23 o'clock UTC: around midnight in Auckland, and with twelve hours more
        /// in New York.
        @Test(
            "in a zone with summer time days begin when they begin there",
            arguments: [("America/New_York", 12), ("Pacific/Auckland", 0)]
        )
        func zones(timeZone: String, hoursLater: Int) async throws {
            let shop = try await Shop(timeZone: timeZone, hoursLater: hoursLater)
            let server = try await ServerProcess.start(in: shop.folder)
            try await load(shop, into: server)
            try await expectAll(shop, on: server)
            try await server.stop()
        }

        /// A project for the file's events, and what the plain count says of them.
        private struct Shop {
            let folder: TestFolder
            let keys: ProjectKeys
            let counts: Counts
            let hoursLater: Int

            init(timeZone: String, hoursLater: Int = 0) async throws {
                self.hoursLater = hoursLater
                folder = try TestFolder()
                keys = try await folder.createProject("shop", timeZone: timeZone)
                counts = try await folder.client(
                    "count_shop.py",
                    Tools.shopFile(),
                    "\(hoursLater)",
                    timeZone,
                    "2024-01-01",
                    "2024-07-02"
                )
                try #require(counts.types.count == 20 && counts.days.count == 184)
            }
        }

        /// Events that are there already are accepted like others.
        private func load(_ shop: Shop, into server: ServerProcess) async throws {
            let loaded: Loaded = try await shop.folder.client(
                "load_shop.py",
                server.address,
                shop.keys.apiKey,
                Tools.shopFile(),
                "\(shop.hoursLater)"
            )
            #expect(loaded.accepted == Self.eventCount)
        }

        /// Every type by day, and all events by a built-in property and one of the people.
        private func expectAll(_ shop: Shop, on server: ServerProcess) async throws {
            let counts = shop.counts
            for metric in ["totals", "uniques"] {
                for row in counts.types {
                    let chart = try await chart(#"{"event_type":"\#(row.name)"}"#, metric, shop, server)
                    #expect(chart.days == counts.days)
                    expect(chart.only, row.series(metric), on: counts.days, "\(metric) of \(row.name)")
                }
                for (property, rows) in [("gp:channel", counts.channels), ("platform", counts.platforms)] {
                    let e = #"{"event_type":"_active","group_by":[{"type":"user","value":"\#(property)"}]}"#
                    let chart = try await chart(e, metric, shop, server)
                    #expect(chart.series.count == rows.count)
                    for row in rows {
                        let what = "\(metric) of \(property) \(row.name)"
                        expect(chart.groups[row.name], row.series(metric), on: counts.days, what)
                    }
                }
            }
        }

        /// How many events and people there are, by day.
        private func expectTotals(_ shop: Shop, on server: ServerProcess) async throws {
            let all = try #require(shop.counts.types.first { $0.name == "_active" })
            #expect(all.totals.collapsed == Self.eventCount)
            for metric in ["totals", "uniques"] {
                let chart = try await chart(#"{"event_type":"_active"}"#, metric, shop, server)
                expect(chart.only, all.series(metric), on: shop.counts.days, "\(metric) of all")
            }
        }

        private func chart(
            _ e: String,
            _ metric: String,
            _ shop: Shop,
            _ server: ServerProcess
        ) async throws -> Chart {
            try await server.client(shop.keys).chart(e, m: metric, days: "20240101-20240702")
        }

        /// Compares cell by cell, and names the days that differ.
        private func expect(_ got: Chart.Series?, _ wanted: Chart.Series, on days: [String], _ what: String) {
            guard let got, got.values.count == days.count else {
                Issue.record("\(what): there is no such series")
                return
            }
            let wrong = days.indices.filter { got.values[$0] != wanted.values[$0] }
                .map { "\(days[$0]) has \(got.values[$0]) for \(wanted.values[$0])" }
            #expect(wrong == [], "\(what)")
            #expect(got.collapsed == wanted.collapsed, "\(what), all days together")
        }
    }
}
