import EventModel
import HTTPEdge
import QueryModel
import Testing

@testable import AmplitudeAPI

/// A request of the Dashboard API: its path and its parameters, not escaped.
struct QuestionRequest: Sendable, CustomTestStringConvertible {
    var path: String
    var parameters: String
    var testDescription: String { "\(path)?\(parameters)" }

    init(_ path: String, _ parameters: String) {
        self.path = path
        self.parameters = parameters
    }

    /// What it asks.
    func question() throws -> Question {
        let fields = SentParameters(urlEncoded: parameters.replacing("+", with: "%2B"))
        return switch path {
        case "events/segmentation": .segmentation(try SegmentationQuery(parsing: fields))
        case "funnels": .funnel(try FunnelQuery(parsing: fields))
        case "retention": .retention(try RetentionQuery(parsing: fields))
        case "revenue/ltv": .lifetimeValue(try LifetimeValueQuery(parsing: fields))
        case "revenue/day": .revenue(try RevenueQuery(parsing: fields))
        case "users": .users(try ActiveUsersQuery(parsing: fields))
        case "composition": .composition(try CompositionQuery.parse(fields).query)
        case "sessions/length":
            .sessions(
                SessionQuery(
                    .lengths(SessionLengthBins(parsing: fields)),
                    range: try DateRange(parsingSessions: fields)
                )
            )
        case "sessions/average": .sessions(SessionQuery(.averageLength, range: try DateRange(parsingSessions: fields)))
        case "sessions/peruser": .sessions(SessionQuery(.perPerson, range: try DateRange(parsingSessions: fields)))
        default: preconditionFailure("no question is asked at \(path)")
        }
    }
}

private let november = "start=20241101&end=20241130"
private let play = "e={\"event_type\":\"Play Song\"}"

private func filtered(_ operation: String, _ values: String = "[\"10\"]") -> QuestionRequest {
    let filter =
        "{\"subprop_type\":\"event\",\"subprop_key\":\"amount\",\"subprop_op\":\"\(operation)\",\"subprop_value\":\(values)}"
    return QuestionRequest(
        "events/segmentation",
        "\(november)&e={\"event_type\":\"Purchase\",\"filters\":[\(filter)]}"
    )
}

private func performed(_ operation: String, _ time: String) -> QuestionRequest {
    let condition =
        "{\"type\":\"event\",\"event_type\":\"Play Song\",\"filters\":[],\"op\":\"\(operation)\",\"value\":2,\(time)}"
    return QuestionRequest("users", "\(november)&s=[\(condition)]")
}

private func segmentation(_ parameters: String) -> QuestionRequest {
    QuestionRequest("events/segmentation", "\(november)&\(parameters)")
}

@Suite struct DashboardDocumentsTests {
    /// As Amplitude's documentation and its clients write them.
    static let documented = [
        QuestionRequest("users", "start=20210101&end=20210901&m=active&i=30&g=city"),
        QuestionRequest("users", "start=20210101&end=20210131&m=new"),
        QuestionRequest(
            "sessions/length",
            "start=20210426&end=20210905&timeHistogramConfigBinTimeUnit=minutes&timeHistogramConfigBinMin=0"
                + "&timeHistogramConfigBinMax=10"
        ),
        QuestionRequest("sessions/length", "start=20210426&end=20210905"),
        QuestionRequest(
            "sessions/length",
            "start=20210426&end=20210905&timeHistogramConfigBinTimeUnit=seconds&timeHistogramConfigBinMin=1.5"
                + "&timeHistogramConfigBinMax=9&timeHistogramConfigBinSize=2"
        ),
        QuestionRequest("sessions/average", "start=20210601&end=20210630"),
        QuestionRequest("sessions/peruser", "start=20210601&end=20210630"),
        QuestionRequest("composition", "start=20210601&end=20210630&p=platform"),
        QuestionRequest("composition", "start=20210601&end=20210630&p=gp:platform"),
        QuestionRequest(
            "composition",
            "start=20210601&end=20210630&p=plan&p=city&s=[{\"prop\":\"country\",\"op\":\"is\",\"values\":[\"France\"]}]"
        ),
        QuestionRequest("events/segmentation", "e={\"event_type\":\"_active\"}&start=20210801&end=20210831&n=any"),
        QuestionRequest(
            "funnels",
            "e={\"event_type\":\"Select%20Song%20or%20Video\"}&e={\"event_type\":\"Search%20Song%20or%20Video\"}"
                + "&e={\"event_type\":\"Share%20Song%20or%20Video\"}&start=20210801&end=20210926&mode=unordered&cs=3&limit=10"
        ),
        QuestionRequest(
            "retention",
            "se={\"event_type\":\"_active\"}&re={\"event_type\":\"watch_tutorial\"}&start=20210801&end=20210831"
                + "&s=[{\"prop\":\"country\",\"op\":\"is not\",\"values\":[\"Netherlands\",\"United States\"]}]&g=device_id"
        ),
        QuestionRequest("revenue/ltv", "start=20211201&end=20220301&i=30"),
        QuestionRequest("revenue/day", "start=20211201&end=20211231&m=arppu&g=country&g2=gp:plan"),
        segmentation(
            """
            e={"event_type":"CompletedProfile","filters":[{"subprop_type":"event","subprop_key":"EmailVerified",\
            "subprop_op":"is","subprop_value":["true"]},{"subprop_type":"user","subprop_key":"gp:SignUpDate",\
            "subprop_op":"is","subprop_value":["2021-08-18"]}],"group_by":[{"type":"user","value":"platform"}]}
            """
        ),
        segmentation(
            play
                + """
                &s=[{"prop":"version","op":"contains","values":["1.0","2.0"]},\
                {"prop":"gp:gender","op":"is","values":["female"]}]
                """
        ),
        segmentation("\(play)&s=[{\"prop\":\"userdata_cohort\",\"op\":\"is\",\"values\":[\"XYXxxzz\"]}]"),
        segmentation("\(play)&s=[{\"prop\":\"userdata_cohort\",\"op\":\"is not\",\"values\":[\"a\",\"b\"]}]&s=[]"),
        filtered("greater", "[\"100\"]"),
    ]

    /// One for each thing that a parameter can say.
    static let others: [QuestionRequest] = events + measures + frames + tables

    private static var events: [QuestionRequest] {
        var requests: [QuestionRequest] = []
        for (name, _) in PropertyFilter.Operator.requestNames { requests.append(filtered(name)) }
        requests.append(filtered("is", "[null,true,1.5,\"(none)\",\"x\"]"))
        for (name, _) in PerformedCondition.Comparison.requestNames {
            requests.append(performed(name, "\"time_type\":\"currentInterval\""))
        }
        requests.append(performed(">=", "\"time_type\":\"allTime\""))
        requests.append(performed(">=", "\"time_type\":\"forEachInterval\",\"time_value\":30"))
        for name in [
            "_active", "_all", "revenue_amount", "verified_revenue", "unverified_revenue", "ce:Engaged", "any",
            "Ünï \\\"q\\\"",
        ] {
            requests.append(segmentation("e={\"event_type\":\"\(name)\"}"))
        }
        return requests
    }

    private static var measures: [QuestionRequest] {
        var requests: [QuestionRequest] = []
        for name in ["uniques", "totals", "pct_dau", "average"] { requests.append(segmentation("\(play)&m=\(name)")) }
        let length = "\"group_by\":[{\"type\":\"event\",\"value\":\"length\"}]"
        for name in ["histogram", "sums", "value_avg"] {
            requests.append(segmentation("e={\"event_type\":\"Play Song\",\(length)}&m=\(name)"))
        }
        for formula in [
            "UNIQUES(A)/UNIQUES(B)", "%25:UNIQUES(A)*100 %3B $:REVENUETOTAL(A)", "HIST(A)", "ROLLAVG(UNIQUES,A2,7)-1",
        ] {
            let events = "\(play)&e2={\"event_type\":\"_active\"}"
            requests.append(segmentation("\(events)&m=formula&formula=\(formula)&s=[]&s=[]"))
        }
        return requests
    }

    private static var frames: [QuestionRequest] {
        var requests: [QuestionRequest] = []
        for parameters in [
            "i=7", "i=30", "n=active", "n=new", "rollingWindow=7", "rollingAverage=90", "limit=1000",
            "g=country&g2=gp:plan", "g=plan", "g=gp:country",
        ] {
            requests.append(segmentation("\(play)&\(parameters)"))
        }
        for parameters in ["i=-300000&start=20241101&end=20241102", "i=-3600000&start=20241101T05&end=20241102T17"] {
            requests.append(QuestionRequest("events/segmentation", "\(play)&\(parameters)"))
        }
        for (name, _) in BuiltInProperty.requestNames { requests.append(segmentation("\(play)&g=\(name)")) }
        return requests
    }

    private static var tables: [QuestionRequest] {
        let parameters = [
            "funnels": ["mode=ordered", "mode=sequential&n=new", "cs=1", "cs=315360000", "g=os&limit=5"],
            "retention": ["rm=n-day", "rm=rolling&i=7", "rm=bracket&rb=[[0,5],[5,10]]", "i=30&g=gp:plan"],
            "revenue/ltv": ["m=0", "m=1&g=city", "m=2&i=7", "m=3&i=30"],
            "revenue/day": ["m=total", "m=paying&i=7", "m=arpu", "m=arppu"],
        ]
        let events = [
            "funnels": "&\(play)&e={\"event_type\":\"ce:Paid\"}",
            "retention": "&se={\"event_type\":\"_new\"}&re={\"event_type\":\"_all\"}",
        ]
        return parameters.sorted { $0.key < $1.key }.flatMap { path, parameters in
            parameters.map { QuestionRequest(path, "\(november)\(events[path] ?? "")&\($0)") }
        }
    }

    @Test("a request becomes a document, and comes back from its text", arguments: documented + others)
    func requests(_ request: QuestionRequest) throws {
        let question = try request.question()
        let document = QuestionDocument(question)
        let text = document.json
        let read = try QuestionDocument(json: text)
        #expect(read == document, "\(text)")
        #expect(read.json == text)
        #expect(try read.question(at: Timestamp(milliseconds: 0), in: .utc, earliest: nil) == question, "\(text)")
    }

    @Test("different requests are different documents")
    func differences() throws {
        let requests = Self.documented + Self.others
        let texts = try requests.map { QuestionDocument(try $0.question()).json }
        var seen: [String: QuestionRequest] = [:]
        for (request, text) in zip(requests, texts) {
            if let same = seen[text] {
                #expect(try same.question() == request.question(), "\(same) and \(request) are both \(text)")
            }
            seen[text] = request
        }
        #expect(seen.count > 80)
    }
}
