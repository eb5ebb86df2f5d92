import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import AmplitudeAPI

@Suite("documents, asked (Documentation/asking.md Q1 to Q6, Q9)")
struct DocumentQueryTests {
    /// All numbers of an answer of the Dashboard API that rows repeat, in their order.
    private func numbers(_ path: String, _ data: AnswerBody) throws -> [Double] {
        func list(_ place: String...) -> [Double] {
            let text = data.at(["data"] + place)
            return ((try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [Double]) ?? []
        }
        func count(_ place: String...) -> Int { data.count(at: ["data"] + place) ?? 0 }
        switch path {
        case "funnels":
            return (0..<count()).flatMap { series in list(String(series), "cumulativeRaw") }
        case "retention":
            return try (0..<count("series")).flatMap { series in
                let dates = data.at("data", "series", String(series), "dates")
                let labels = try #require(try JSONSerialization.jsonObject(with: Data(dates.utf8)) as? [String])
                return labels.reversed().flatMap { label in
                    let row = ["data", "series", String(series), "values", label]
                    return (1..<(data.count(at: row) ?? 1)).map { interval in
                        Double(data.at(row + [String(interval), "count"])) ?? .nan
                    }
                }
            }
        case "revenue/ltv":
            return try (0..<count("series")).flatMap { series in
                let dates = data.at("data", "series", String(series), "dates")
                let labels = try #require(try JSONSerialization.jsonObject(with: Data(dates.utf8)) as? [String])
                return labels.reversed().flatMap { label in
                    (1...180).map { day in
                        Double(data.at("data", "series", String(series), "values", label, "r\(day)d")) ?? .nan
                    }
                }
            }
        case "composition", "sessions/length", "sessions/average", "sessions/peruser": return list("series", "0")
        default:
            let series = (0..<count("series")).map { list("series", String($0)) }
            return (0..<count("xValues")).flatMap { bucket in series.map { $0[bucket] } }
        }
    }

    @Test("a document asked here and its request to the Dashboard API give the same numbers")
    func sameNumbers() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            for (path, parameters) in ChartData.requests {
                let (_, chart) = try await client.save(chart: try ChartData.body(path, parameters))
                let document = chart.at("data", "question")
                let (status, body) = try await client.request(.post, "/api/v1/query", document)
                #expect(status == 200, "\(document): \(body)")
                let answer = try AnswerBody(body)
                #expect(answer.at("meta", "query") == document)
                let column = ["funnels", "retention"].contains(path) ? "count" : "value"
                let rows = (0..<(answer.count(at: "data", "rows") ?? 0)).map { row in
                    Double(answer.at("data", "rows", String(row), column)) ?? .nan
                }
                let wanted = try numbers(path, try await client.answer(path, parameters + ChartData.days))
                #expect(rows == wanted && rows.contains { $0 > 0 }, "\(path) \(parameters)")
            }
        }
    }

    @Test("rows have what splits the answer, what is not over is said, and values over the whole range stand apart")
    func rows() async throws {
        let server = try TestServer(timeZone: try #require(ProjectTimeZone(name: "Asia/Kathmandu")))
        try await server.application.test(.router) { client in
            try await client.fill()
            let document = """
                {"version":1,"type":"segmentation","range":{"last":"3d"},"events":[{"event":"Play"}],
                 "groupBy":["country"],"segments":[{"name":"Payers","conditions":[{"performed":{"any":"revenue"},
                 "op":">=","count":1,"window":"ever"}]}]}
                """
            let answer = try AnswerBody(try await client.request(.post, "/api/v1/query", document).body)
            #expect(
                answer.at("data", "rows", "0")
                    == "{\"date\":\"2024-02-28\",\"event\":\"Play\",\"group\":\"Chad\",\"incomplete\":false,\"segment\":\"Payers\",\"value\":1}"
            )
            #expect(answer.at("data", "rows", "5", "incomplete") == "true")
            #expect(
                answer.at("data", "whole", "1")
                    == "{\"event\":\"Play\",\"group\":\"Mali\",\"segment\":\"Payers\",\"value\":1}"
            )
            #expect(answer.at("meta", "zone") == "\"Asia/Kathmandu\"")
            #expect(answer.at("meta", "incomplete") == "[\"2024-03-01\"]")
            #expect(answer.at("meta", "as_of") == "\"2024-03-01T12:00:00Z\"")
            #expect(answer.at("meta", "watermark") == answer.at("meta", "as_of"))
        }
    }

    @Test(
        "what is no question is refused in the words of /api/v1",
        arguments: [
            ("", 400, "BAD_REQUEST", "a question must be JSON, and this is not"),
            ("{\"version\":1}", 400, "BAD_REQUEST", "type is required"),
            (
                "{\"version\":1,\"type\":\"grouped\",\"range\":{\"last\":\"3d\"}}", 501, "NOT_BUILT",
                "type \\\"grouped\\\" is not built yet; one of segmentation, funnel"
            ),
            (
                "{\"version\":1,\"type\":\"users\",\"range\":{\"last\":\"3d\"},\"limit\":0}", 422, "VALIDATION_ERROR",
                "limit must be a whole number from 1 to 10000"
            ),
            (
                "{\"version\":1,\"type\":\"segmentation\",\"range\":{\"last\":\"3d\"},\"events\":[{\"event\":\"Nope\"}]}",
                400, "INVALID_FILTER", "No event of type \\\"Nope\\\" was ever received."
            ),
        ]
    )
    func refusals(body: String, status: Int, code: String, sentence: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let answer = try await client.request(.post, "/api/v1/query", body)
            #expect(answer.status == status && answer.body.hasPrefix("{\"error\":\"\(code)\""), "\(answer)")
            #expect(answer.body.contains(sentence), "\(answer.body)")
        }
    }

    @Test(
        "who is in a cell, and the next page of them",
        arguments: [
            ("events/segmentation", [ChartData.play], "{\"series\":0,\"index\":0}"),
            ("funnels", [ChartData.play, ChartData.stop], "{\"series\":0,\"step\":1,\"lost\":true}"),
            (
                "retention", [("se", "{\"event_type\":\"_new\"}"), ("re", "{\"event_type\":\"_active\"}")],
                "{\"series\":0,\"row\":2}"
            ), ("revenue/ltv", [("m", "2")], "{\"series\":0,\"key\":\"r2d\"}"),
            ("users", [], "{\"series\":0,\"index\":0}"),
            ("revenue/day", [], "{\"series\":0,\"index\":0}"),
            ("composition", [("p", "country")], "{\"series\":0,\"index\":0}"),
            ("sessions/peruser", [], "{\"series\":0,\"index\":0}"),
        ] as [(String, [(String, String)], String)]
    )
    func users(path: String, parameters: [(String, String)], cell: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            let (_, chart) = try await client.save(chart: try ChartData.body(path, parameters))
            func asked(_ more: String = "") async throws -> (status: Int, body: String) {
                let question = chart.at("data", "question")
                return try await client.request(
                    .post,
                    "/api/v1/query/users",
                    "{\"question\":\(question),\"cell\":\(cell)\(more)}"
                )
            }
            let wanted = try await client.ask(path, parameters + ChartData.days + [("drill", cell)])
            #expect(try await asked() == wanted && wanted.status == 200)
            let first = try await client.ask(
                path,
                parameters + ChartData.days + [("drill", cell), ("drillLimit", "1")]
            )
            #expect(try await asked(",\"limit\":1") == first)
            let next = try AnswerBody(first.body).at("data", "next")
            guard next != "null" else { return }
            let second = try await client.ask(
                path,
                parameters + ChartData.days + [("drill", cell), ("drillLimit", "1"), ("drillAfter", next)]
            )
            #expect(try await asked(",\"limit\":1,\"after\":\(next)") == second && second.status == 200)
        }
    }

    @Test(
        "a cell that there cannot be is refused by its member",
        arguments: [
            ("{}", "question is required"), ("{\"question\":QUESTION}", "cell is required"),
            ("{\"question\":QUESTION,\"cell\":7}", "cell must be a JSON object that names a cell"),
            ("{\"question\":QUESTION,\"cell\":{\"step\":1}}", "\\\"step\\\" in cell is not known here; cell takes"),
            (
                "{\"question\":QUESTION,\"cell\":{\"series\":9,\"index\":0}}",
                "\\\"series\\\" in cell is not in this answer"
            ),
            ("{\"question\":QUESTION,\"cell\":{\"series\":0,\"index\":0},\"limit\":0}", "limit must be a whole number"),
            (
                "{\"question\":QUESTION,\"cell\":{\"series\":0,\"index\":0},\"after\":99}",
                "after must be next of the page before"
            ), ("{\"question\":QUESTION,\"celll\":{}}", "\\\"celll\\\" is not known here"),
        ]
    )
    func cellMistakes(body: String, sentence: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            let question = "{\"version\":1,\"type\":\"users\",\"range\":{\"last\":\"3d\"}}"
            let sent = body.replacing("QUESTION", with: question)
            let answer = try await client.request(.post, "/api/v1/query/users", sent)
            #expect(answer.status == 400 && answer.body.contains(sentence), "\(answer)")
        }
    }
}
