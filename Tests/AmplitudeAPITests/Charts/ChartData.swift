import EventModel
import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import AmplitudeAPI

/// 2024-02-28T12:00Z is 1709121600000; the clock says 2024-03-01T12:00Z. Three people: two play on 02-28, one of them twice, one
/// more on 02-29; one stops on 03-01. Two have sessions, two pay.
enum ChartData {
    static let events = """
        [{"user_id":"ann-1","device_id":"phone-1","event_type":"Play","time":1709121600000,"session_id":7,"country":"Chad",
          "event_properties":{"size":2},"user_properties":{"plan":"free"}},
         {"user_id":"ann-1","device_id":"phone-1","event_type":"Play","time":1709121660000,"session_id":7,"country":"Chad",
          "price":5,"event_properties":{"size":9,"say":"=1+1"}},
         {"user_id":"bob-1","event_type":"Play","time":1709125200000,"price":3,"country":"Mali",
          "event_properties":{"say":"a \\"b\\", c\\nd"}},
         {"user_id":"cid-1","event_type":"Play","time":1709208000000,"country":"Mali","event_properties":{"say":"-x"}},
         {"user_id":"bob-1","event_type":"Stop","time":1709294400000,"country":"Mali","session_id":8,
          "user_properties":{"plan":"pro"}}]
        """

    static let days = [("start", "20240228"), ("end", "20240301")]
    static let play = ("e", "{\"event_type\":\"Play\"}")
    static let stop = ("e", "{\"event_type\":\"Stop\"}")
    private static let sizes = (
        "e", "{\"event_type\":\"Play\",\"group_by\":[{\"type\":\"event\",\"value\":\"size\"}]}"
    )
    private static let sayings = (
        "e", "{\"event_type\":\"Play\",\"group_by\":[{\"type\":\"event\",\"value\":\"say\"}]}"
    )

    /// Of every type, in most of the forms that their answers have.
    static let requests: [(path: String, parameters: [(String, String)])] = [
        ("events/segmentation", [play]), ("events/segmentation", [play, ("m", "totals"), ("g", "country")]),
        ("events/segmentation", [play, ("e2", stop.1), ("s", "[]"), ("s", mali)]),
        ("events/segmentation", [sizes, ("m", "sums"), ("g", "country")]),
        ("events/segmentation", [sizes, ("m", "histogram")]), ("events/segmentation", [sayings, ("g", "country")]),
        (
            "events/segmentation",
            [play, ("e2", stop.1), ("m", "formula"), ("formula", "UNIQUES(A)/2; TOTALS(B)"), ("i", "7")]
        ),
        ("users", []), ("users", [("m", "new"), ("g", "country"), ("g2", "gp:plan")]),
        ("revenue/day", [("m", "arppu")]), ("revenue/day", [("g", "country")]), ("composition", [("p", "country")]),
        ("composition", [("p", "gp:plan"), ("p", "country")]), ("funnels", [play, stop]),
        ("funnels", [play, stop, ("g", "country"), ("mode", "unordered")]),
        ("retention", [("se", "{\"event_type\":\"_new\"}"), ("re", "{\"event_type\":\"_active\"}")]),
        (
            "retention",
            [
                ("se", play.1), ("re", "{\"event_type\":\"_all\"}"), ("g", "country"), ("rm", "bracket"),
                ("rb", "[[0,1],[1,7]]"),
            ]
        ),
        ("revenue/ltv", [("m", "2")]), ("revenue/ltv", [("g", "country")]), ("sessions/length", []),
        ("sessions/average", []), ("sessions/peruser", []),
    ]

    private static let mali = "[{\"prop\":\"country\",\"op\":\"is\",\"values\":[\"Mali\"]}]"

    /// The body that saves such a request.
    static func body(_ path: String, _ parameters: [(String, String)], name: String = "Chart") throws -> String {
        var params: [String: Any] = [:]
        for (name, value) in parameters + days {
            switch params[name] {
            case nil: params[name] = value
            case let one as String: params[name] = [one, value]
            case let many as [String]: params[name] = many + [value]
            default: break
            }
        }
        let object: [String: Any] = ["name": name, "path": "/api/2/\(path)", "params": params]
        return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }
}

extension TestClientProtocol {
    /// Sends events, all of which must be taken.
    func fill(_ events: String = ChartData.events) async throws {
        let (status, body) = try await post(events: events)
        try #require(status == 200, "\(body)")
    }

    /// Saves a chart.
    ///
    /// - Returns: its id, and the object.
    func save(chart body: String) async throws -> (id: String, chart: AnswerBody) {
        let (status, text) = try await request(.post, "/api/v1/charts", body)
        try #require(status == 201, "\(text)")
        let chart = try AnswerBody(text)
        return (String(chart.at("data", "id").dropFirst().dropLast()), chart)
    }
}
