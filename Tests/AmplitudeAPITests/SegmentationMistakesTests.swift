import Foundation
import HTTPEdge
import HummingbirdTesting
import Testing

struct Mistake: Sendable, CustomTestStringConvertible {
    var parameters: [(String, String)]
    /// Of the error's metadata.
    var code: String
    var message: String
    var testDescription: String { parameters.map { "\($0)=\($1)" }.joined(separator: "&") }

    init(_ parameters: [(String, String)], _ code: String, _ message: String) {
        self.parameters = parameters
        self.code = code
        self.message = message
    }
}

private let play = ("e", "{\"event_type\":\"Play\"}")
private let byLength = ("e", "{\"event_type\":\"Play\",\"group_by\":[{\"type\":\"event\",\"value\":\"length\"}]}")
private let everybody = ("s", "[{\"prop\":\"country\",\"op\":\"is\",\"values\":[\"France\"]}]")

private func performed(_ rest: String) -> (String, String) {
    ("s", "[{\"type\":\"event\",\"event_type\":\"Play\",\(rest)}]")
}

@Suite struct SegmentationMistakesTests {
    private func expect(_ mistake: Mistake, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(
                events: """
                    [{"user_id":"ann-1","event_type":"Play","time":1709121600000,"event_properties":{"length":3},
                      "user_properties":{"plan":"free"}}]
                    """
            )
            var parameters = mistake.parameters
            for (name, value) in [("start", "20240228"), ("end", "20240301")]
            where !parameters.contains(where: { $0.0 == name }) {
                parameters.append((name, value))
            }
            let (status, body) = try await client.segmentation(parameters)
            #expect(status == 400, sourceLocation: sourceLocation)
            let error = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: [String: Any]]
            let metadata = error?["error"]?["metadata"] as? [String: Any]
            #expect(error?["error"]?["message"] as? String == mistake.message, sourceLocation: sourceLocation)
            #expect(metadata?["code"] as? String == mistake.code, sourceLocation: sourceLocation)
        }
    }

    @Test(
        "of time",
        arguments: [
            Mistake(
                [play, ("start", "20240228T24")],
                "parameter_malformed",
                "start may have an hour from 00 to 23, such as start=20240131T05 or start=20240131050000"
            ),
            Mistake(
                [play, ("end", "20240301T5")],
                "parameter_malformed",
                "end may have an hour from 00 to 23, such as end=20240131T05 or end=20240131050000"
            ),
            Mistake(
                [play, ("start", "19691231")],
                "parameter_outOfRange",
                "start must lie in the years 1970 to 2105, such as start=20240131"
            ),
            Mistake(
                [play, ("start", "00010101"), ("rollingWindow", "90")],
                "parameter_outOfRange",
                "start must lie in the years 1970 to 2105, such as start=20240131"
            ),
            Mistake(
                [play, ("start", "99991231"), ("end", "99991231")],
                "parameter_outOfRange",
                "start must lie in the years 1970 to 2105, such as start=20240131"
            ),
            Mistake(
                [play, ("start", "20240301T10"), ("end", "20240301T09"), ("i", "-3600000")],
                "parameter_outOfRange",
                "end must not come before start"
            ),
            Mistake(
                [play, ("i", "2")],
                "parameter_malformed",
                "i must be one of -300000, -3600000, 1, 7, 30, such as i=1 for days"
            ),
            Mistake(
                [play, ("i", "day")],
                "parameter_malformed",
                "i must be one of -300000, -3600000, 1, 7, 30, such as i=1 for days"
            ),
            Mistake(
                [play, ("i", "-300000")],
                "parameter_outOfRange",
                "start to end may be 2 days at most with i=-300000, and these are 3"
            ),
            Mistake(
                [play, ("i", "-3600000"), ("end", "20240306")],
                "parameter_outOfRange",
                "start to end may be 7 days at most with i=-3600000, and these are 8"
            ),
            Mistake(
                [play, ("rollingWindow", "0")],
                "parameter_outOfRange",
                "rollingWindow must be a number of buckets from 1 to 90 for this i, such as rollingWindow=7"
            ),
            Mistake(
                [play, ("rollingAverage", "13"), ("i", "7")],
                "parameter_outOfRange",
                "rollingAverage must be a number of buckets from 1 to 12 for this i, such as rollingAverage=7"
            ),
            Mistake(
                [play, ("rollingAverage", "2"), ("rollingWindow", "2")],
                "parameter_malformed",
                "rollingWindow and rollingAverage exclude each other; send one of them"
            ),
        ]
    )
    func time(_ mistake: Mistake) async throws { try await expect(mistake) }

    @Test(
        "of events and groups",
        arguments: [
            Mistake(
                [("e", "{\"event_type\":\"\"}")],
                "parameter_malformed",
                "e must be a JSON object with an \"event_type\", such as {\"event_type\":\"_active\"}"
            ),
            Mistake(
                [play, ("e2", "Stop")],
                "parameter_malformed",
                "e2 must be a JSON object, such as {\"event_type\":\"_active\"}"
            ),
            Mistake([play, play, play], "parameter_malformed", "send two events at most: e and e2"),
            Mistake(
                [("e", "{\"event_type\":\"_new\"}")],
                "parameter_malformed",
                "\"_new\" in e is only known to retention; use n=new"
            ),
            Mistake(
                [("e", "{\"event_type\":\"ce:Big\"}")],
                "custom_event_unknown",
                "There is no custom event \"Big\". GET /api/v1/custom-events lists those that there are."
            ),
            Mistake(
                [("e", "{\"event_type\":\"Play\",\"filters\":{}}")],
                "parameter_malformed",
                "\"filters\" in e must be a list"
            ),
            Mistake(
                [
                    (
                        "e",
                        "{\"event_type\":\"Play\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"length\",\"subprop_op\":\"is\"}]}"
                    )
                ],
                "parameter_malformed",
                "\"subprop_value\" in e must be a list of values, such as [\"true\"]"
            ),
            Mistake(
                [
                    (
                        "e",
                        "{\"event_type\":\"Play\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"length\",\"subprop_op\":\"is\",\"subprop_value\":[{}]}]}"
                    )
                ],
                "parameter_malformed",
                "\"subprop_value\" in e takes texts, numbers and true or false"
            ),
            Mistake(
                [("e", "{\"event_type\":\"Play\",\"group_by\":\"length\"}")],
                "parameter_malformed",
                "\"group_by\" in e takes a list of one or two properties"
            ),
            Mistake(
                [("e", "{\"event_type\":\"Play\",\"group_by\":[{\"type\":\"group\",\"value\":\"length\"}]}")],
                "parameter_malformed",
                "each \"group_by\" in e must be like {\"type\":\"user\",\"value\":\"platform\"}; \"type\" is \"event\" or \"user\""
            ),
            Mistake(
                [play, ("g", "country"), ("g", "os"), ("g2", "city")],
                "parameter_malformed",
                "send two properties at most: g and g2"
            ),
            Mistake(
                [byLength, ("g", "country"), ("g2", "os")],
                "parameter_malformed",
                "an answer can be split by two properties at most, \"group_by\" in e included"
            ),
            Mistake(
                [play, everybody, everybody, ("g", "country")],
                "parameter_malformed",
                "g splits a single segment; send one s, or leave out g"
            ),
            Mistake(
                [play, ("limit", "0")],
                "parameter_outOfRange",
                "limit must be a whole number from 1 on, such as limit=100; 1000 are answered at most"
            ),
            Mistake(
                [play, ("limit", "ten")],
                "parameter_outOfRange",
                "limit must be a whole number from 1 on, such as limit=100; 1000 are answered at most"
            ),
            Mistake(
                [("e", "{\"event_type\":\"Play\",\"group_by\":[{\"type\":\"event\",\"value\":\"lenght\"}]}")],
                "property_unknown",
                "No event or user ever had the property \"lenght\". Did you mean \"length\"?"
            ),
        ]
    )
    func events(_ mistake: Mistake) async throws { try await expect(mistake) }

    @Test(
        "of metrics",
        arguments: [
            Mistake([play, ("n", "all")], "parameter_malformed", "n must be any, active or new"),
            Mistake(
                [play, ("m", "sums")],
                "parameter_missing",
                "this m or formula needs a \"group_by\" in e: the property to compute with, such as \"group_by\":[{\"type\":\"event\",\"value\":\"price\"}]"
            ),
            Mistake(
                [byLength, ("e2", play.1), ("m", "histogram")],
                "parameter_missing",
                "this m or formula needs a \"group_by\" in e2: the property to compute with, such as \"group_by\":[{\"type\":\"event\",\"value\":\"price\"}]"
            ),
            Mistake(
                [play, ("m", "formula")],
                "parameter_missing",
                "m=formula needs formula, such as UNIQUES(A)/UNIQUES(B)"
            ),
            Mistake(
                [play, ("formula", "UNIQUES(A)/UNIQUES(B)")],
                "parameter_malformed",
                "formula names B, which is e2, and e2 is missing: send it, such as e2={\"event_type\":\"_active\"}"
            ),
            Mistake(
                [play, ("formula", "UNIQUES(A2)")],
                "parameter_malformed",
                "formula names A2, but there are 1 segments"
            ),
            Mistake(
                [play, ("formula", "PROPSUM(A)")],
                "parameter_missing",
                "formula computes with a property of A, so its event needs a \"group_by\", such as \"group_by\":[{\"type\":\"event\",\"value\":\"price\"}]"
            ),
            Mistake(
                [play, ("formula", "HIST(A);UNIQUES(A)")],
                "parameter_unsupported",
                "HIST and PROPHIST answer alone; leave out the other formulas"
            ),
            Mistake(
                [play, ("formula", "PROPHIST(A)")],
                "parameter_missing",
                "this m or formula needs a \"group_by\" in e: the property to compute with, such as \"group_by\":[{\"type\":\"event\",\"value\":\"price\"}]"
            ),
            Mistake(
                [play, ("formula", "HIST(B)")],
                "parameter_malformed",
                "formula names B, which is e2, and e2 is missing: send it, such as e2={\"event_type\":\"_active\"}"
            ),
            Mistake(
                [play, ("formula", "UNIQUES(A")],
                "parameter_malformed",
                "At character 10 of formula stands the end, where \")\" was expected."
            ),
            Mistake(
                [play, ("formula", "UNIQUE(A)")],
                "parameter_malformed",
                "At character 1 of formula stands \"UNIQUE\", which is no known function. Did you mean UNIQUES?"
            ),
            Mistake(
                [play, ("formula", "ROLLAVG(UNIQUES,A,13)"), ("i", "30")],
                "parameter_outOfRange",
                "windows and averages in formula may span 12 buckets at most for this i, such as ROLLAVG(UNIQUES,A,7)"
            ),
        ]
    )
    func metrics(_ mistake: Mistake) async throws { try await expect(mistake) }

    @Test(
        "of segments",
        arguments: [
            Mistake(
                [play, ("s", "country")],
                "parameter_malformed",
                "s must be a JSON list of conditions, such as [{\"prop\":\"country\",\"op\":\"is\",\"values\":[\"France\"]}]"
            ),
            Mistake(
                [play, ("s", "3")],
                "parameter_malformed",
                "s must be a JSON list of conditions, such as [{\"prop\":\"country\",\"op\":\"is\",\"values\":[\"France\"]}]"
            ),
            Mistake(
                [play, ("s", "[{}]")],
                "parameter_malformed",
                "each condition in s needs \"prop\", \"op\" and \"values\", or \"type\":\"event\" and what was performed"
            ),
            Mistake(
                [play, ("s", "[{\"prop\":\"country\",\"op\":\"is\",\"values\":[]}]")],
                "parameter_malformed",
                "\"values\" in s must be a list of values, such as [\"true\"]"
            ),
            Mistake(
                [play, ("s", "[{\"prop\":\"userdata_cohort\",\"op\":\"contains\",\"values\":[\"x\"]}]")],
                "parameter_malformed",
                "\"op\" of a cohort condition in s must be \"is\" or \"is not\""
            ),
            Mistake(
                [play, ("s", "[{\"prop\":\"userdata_cohort\",\"op\":\"is\",\"values\":[\"XYXxxzz\"]}]")],
                "cohort_unknown",
                "There is no cohort with the id \"XYXxxzz\"."
            ),
            Mistake(
                [play, ("s", "[{\"prop\":\"gp:plam\",\"op\":\"is\",\"values\":[1]}]")],
                "property_unknown",
                "No event or user ever had the property \"plam\". Did you mean \"plan\"?"
            ),
            Mistake(
                [play, performed("\"op\":\">=\",\"time_type\":\"allTime\"")],
                "parameter_malformed",
                "\"value\" of a performed condition in s must be a count, such as 1"
            ),
            Mistake(
                [play, performed("\"op\":\">=\",\"value\":-1,\"time_type\":\"allTime\"")],
                "parameter_malformed",
                "\"value\" of a performed condition in s must be a count, such as 1"
            ),
            Mistake(
                [play, performed("\"op\":\"is\",\"value\":1,\"time_type\":\"allTime\"")],
                "parameter_malformed",
                "\"op\" of a performed condition in s must be one of \"=\", \"!=\", \"<\", \"<=\", \">\", \">=\""
            ),
            Mistake(
                [play, performed("\"op\":\">=\",\"value\":1")],
                "parameter_malformed",
                "\"time_type\" in s must be forEachInterval, currentInterval or allTime"
            ),
            Mistake(
                [play, performed("\"op\":\">=\",\"value\":1,\"time_type\":\"forEachInterval\"")],
                "parameter_malformed",
                "\"time_value\" in s must be a number of days from 1 to 3650, such as 30"
            ),
            Mistake(
                [play, performed("\"op\":\">=\",\"value\":1,\"time_type\":\"forEachInterval\",\"time_value\":4000")],
                "parameter_malformed",
                "\"time_value\" in s must be a number of days from 1 to 3650, such as 30"
            ),
        ]
    )
    func segments(_ mistake: Mistake) async throws { try await expect(mistake) }
}
