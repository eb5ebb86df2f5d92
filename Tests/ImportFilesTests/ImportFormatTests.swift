import EventModel
import Foundation
import JSONTape
import Testing

@testable import ImportFiles

@Suite("Formats of events from elsewhere") struct ImportFormatTests {
    /// What is made of lines, each as a dictionary; `nil` where nothing is.
    private func made(
        _ format: ImportFormat,
        _ lines: String,
        _ mapping: [String] = []
    ) throws -> (events: [NSDictionary?], rejections: [Int: String]) {
        let converter = try LineConverter(format, mapping.map { try #require(ColumnMapping($0)) })
        let converted = converter.convert(LinePiece(bytes: Array(lines.utf8), firstLine: 1, tooLong: []))
        let rows = converted.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return (
            rows.map { try? JSONSerialization.jsonObject(with: Data($0)) as? NSDictionary },
            Dictionary(uniqueKeysWithValues: converted.rejections.map { ($0.line, $0.reason) })
        )
    }

    private func json(_ text: String) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
    }

    @Test(
        "a file's format is seen from its first line",
        arguments: [
            (#"{"$insert_id":"a","event_type":"A","event_time":"2026-01-01 00:00:00"}"#, ImportFormat.amplitude),
            (#"{"event_type":"A","user_id":"a","time":5}"#, .events),
            (#"{"scope":1,"amplitude_id":1,"merged_amplitude_id":2}"#, .mergedIDs),
            (#"{"event":"A","properties":{"distinct_id":"a","time":5}}"#, .mixpanel),
            (#"{"uuid":"a","event":"A","distinct_id":"a","properties":{}}"#, .posthog),
            (#"{"type":"track","event":"A","userId":"a"}"#, .segment), ("a,b", .csv), ("a;b", .csv), ("{}", nil),
            ("plain", nil),
        ] as [(String, ImportFormat?)]
    )
    func formats(line: String, format: ImportFormat?) {
        #expect(ImportFormat(firstLine: Array(line.utf8)) == format)
    }

    @Test("CSV: columns are fields by name or by word, all others are properties; cells may have line feeds in them")
    func csv() throws {
        let (events, rejections) = try made(
            .csv,
            "\u{FEFF}Customer,What,When,price,note,plan,article,ok\r\n"
                + "ann,Buy,2026-01-31 09:30:00,9.5,\"two\nlines, \"\"q\"\"\",pro,007,true\r\n"
                + "bob,Buy,1767225600,x,,,,\n" + "\n" + "cleo,Buy,1767225600000,,1.50,free,12,no\n" + "short,row\n",
            ["Customer=user_id", "What=event_type", "When=time", "plan=user.plan"]
        )
        let found = events.compactMap { $0 }
        #expect(
            found == [
                try json(
                    #"{"user_id":"ann","event_type":"Buy","time":1769851800000,"price":9.5,"event_properties":"#
                        + #"{"note":"two\nlines, \"q\"","article":"007","ok":true},"user_properties":{"$set":{"plan":"pro"}}}"#
                ),
                try json(
                    #"{"user_id":"cleo","event_type":"Buy","time":1767225600000,"event_properties":"#
                        + #"{"note":1.5,"article":12,"ok":"no"},"user_properties":{"$set":{"plan":"free"}}}"#
                ),
            ]
        )
        #expect(events[2] != nil && events[5] != nil, "on the lines on which they end")
        #expect(rejections[4] == "price must be a number, such as 9.99")
        #expect(rejections[7] == "the line has 2 cells, but there are 8 columns" && rejections.count == 2)
    }

    @Test("CSV: what cannot be is said")
    func csvMistakes() throws {
        #expect(throws: ImportFileError.self) { try LineConverter(.csv, [ColumnMapping("a=nothing")!]) }
        #expect(try made(.csv, "a,b\n1,2\n", ["c=time"]).rejections[1]?.contains("there are \"a\", \"b\"") == true)
        #expect(try made(.csv, "event_type,b\n1,2\n").rejections[1]?.contains("no column is time") == true)
        let (events, rejections) = try made(.csv, "event_type;time\n\"A;5\n", [])
        #expect(events.compactMap { $0 }.isEmpty && rejections.isEmpty)
        #expect(ColumnMapping("x") == nil && ColumnMapping("=a") == nil && ColumnMapping("a=b=time")?.column == "a=b")
    }

    @Test(
        "moments as products write them",
        arguments: [
            ("1767225600", 1_767_225_600_000), ("1767225600.5", 1_767_225_600_500),
            ("1767225600123", 1_767_225_600_123),
            ("2026-01-01", 1_767_225_600_000), ("20260101", 1_767_225_600_000), ("20261301", nil),
            ("2026-01-01 00:00:00 UTC", 1_767_225_600_000), ("2026-01-01T02:00:00.123456+02:00", 1_767_225_600_123),
            ("2026-01-01 00:00", nil), ("yesterday", nil), ("nan", nil), ("", nil), ("1e300", nil),
        ] as [(String, Int64?)]
    )
    func moments(text: String, milliseconds: Int64?) {
        #expect(Timestamp(told: text)?.milliseconds == milliseconds)
    }

    @Test("Mixpanel's raw export")
    func mixpanel() throws {
        let (events, rejections) = try made(
            .mixpanel,
            #"""
            {"event":"Signed up","properties":{"time":1602611311,"distinct_id":"ann@x.io","$user_id":"ann@x.io","$device_id":"d-1","$insert_id":"ABC","$os":"Mac OS X","$browser":"Chrome","mp_country_code":"DE","$city":"Fulda","mp_lib":"web","mp_processing_time_ms":1602625711874,"Plan":"pro"}}
            {"event":"Viewed","properties":{"time":1602611311123,"distinct_id":"$device:d-2","$device_id":"d-2"}}
            {"event":"Viewed","properties":{"time":1602611311,"distinct_id":"bob"}}
            {"event":"$identify","properties":{"time":1602611312,"$identified_id":"bob","$anon_id":"$device:d-2"}}
            {"event":"$create_alias","properties":{"time":1602611312}}
            {"event":"Viewed","properties":{"distinct_id":"bob"}}
            """#
        )
        #expect(
            events.compactMap { $0 } == [
                try json(
                    #"{"time":1602611311000,"event_type":"Signed up","user_id":"ann@x.io","device_id":"d-1","insert_id":"ABC","#
                        + #""os_name":"Mac OS X","country":"Germany","city":"Fulda","library":"web","#
                        + #""event_properties":{"$browser":"Chrome","Plan":"pro"}}"#
                ),
                try json(#"{"time":1602611311123,"event_type":"Viewed","device_id":"d-2"}"#),
                try json(#"{"time":1602611311000,"event_type":"Viewed","user_id":"bob"}"#),
                try json(#"{"time":1602611312000,"event_type":"$identify","user_id":"bob","device_id":"d-2"}"#),
            ]
        )
        #expect(rejections.keys.sorted() == [5, 6])
    }

    @Test("PostHog's events")
    func posthog() throws {
        let (events, rejections) = try made(
            .posthog,
            #"""
            {"uuid":"u-1","event":"$pageview","distinct_id":"0190","timestamp":"2026-01-31 23:59:59.123456+00:00","properties":{"$device_id":"0190","$session_id":"0190163f-e5c0-7000-8000-000000000000","$geoip_country_name":"Germany","$os":"iOS","$lib":"web","$lib_version":"1.2","$current_url":"/a"}}
            {"uuid":"u-2","event":"$identify","distinct_id":"ann","timestamp":"2026-02-01T00:00:00Z","properties":{"$anon_distinct_id":"0190","$device_id":"0190","$set":{"plan":"pro"},"$set_once":{"first":1}}}
            {"uuid":"u-3","event":"paid","distinct_id":"ann","timestamp":"2026-02-01T00:00:01Z","properties":"{\"$device_id\":\"0190\",\"amount\":3,\"$groups\":{\"org\":\"x\"}}"}
            {"uuid":"u-4","event":"paid","distinct_id":"ann","properties":{}}
            """#
        )
        #expect(
            events.compactMap { $0 } == [
                try json(
                    #"{"time":1769903999123,"insert_id":"u-1","event_type":"$pageview","device_id":"0190","library":"web/1.2","#
                        + #""session_id":1718360204736,"country":"Germany","os_name":"iOS","#
                        + #""event_properties":{"$session_id":"0190163f-e5c0-7000-8000-000000000000","$current_url":"/a"}}"#
                ),
                try json(
                    #"{"time":1769904000000,"insert_id":"u-2","event_type":"$identify","user_id":"ann","device_id":"0190","#
                        + #""user_properties":{"$set":{"plan":"pro"},"$setOnce":{"first":1}}}"#
                ),
                try json(
                    #"{"time":1769904001000,"insert_id":"u-3","event_type":"paid","user_id":"ann","device_id":"0190","#
                        + #""groups":{"org":"x"},"event_properties":{"amount":3}}"#
                ),
            ]
        )
        #expect(rejections.keys.sorted() == [4])
    }

    @Test("Segment's calls")
    func segment() throws {
        let (events, rejections) = try made(
            .segment,
            #"""
            {"type":"track","event":"Order Completed","userId":"ann","anonymousId":"a-1","messageId":"m-1","timestamp":"2026-01-31T23:59:59.123Z","properties":{"revenue":39.5,"currency":"EUR","items":[1]},"context":{"app":{"version":"2"},"os":{"name":"iOS","version":"18"},"device":{"model":"iPhone"},"locale":"en-US","ip":"::1","library":{"name":"analytics.js","version":"2.1"},"location":{"country":"DE"}}}
            {"type":"identify","userId":"ann","messageId":"m-2","timestamp":"2026-02-01T00:00:00Z","traits":{"plan":"pro"}}
            {"type":"page","name":"Home","anonymousId":"a-1","originalTimestamp":"2026-02-01T00:00:00Z","properties":{"path":"/"}}
            {"type":"group","userId":"ann","groupId":"acme","timestamp":"2026-02-01T00:00:00Z","traits":{"size":5}}
            {"type":"alias","userId":"ann","previousId":"a-1","timestamp":"2026-02-01T00:00:00Z"}
            """#
        )
        #expect(
            events.compactMap { $0 } == [
                try json(
                    #"{"time":1769903999123,"insert_id":"m-1","user_id":"ann","device_id":"a-1","event_type":"Order Completed","#
                        + #""revenue":39.5,"currency":"EUR","app_version":"2","os_name":"iOS","os_version":"18","#
                        + #""device_model":"iPhone","language":"en-US","ip":"::1","library":"analytics.js/2.1","#
                        + #""country":"Germany","event_properties":{"revenue":39.5,"currency":"EUR","items":[1]}}"#
                ),
                try json(
                    #"{"time":1769904000000,"insert_id":"m-2","user_id":"ann","event_type":"$identify","#
                        + #""user_properties":{"$set":{"plan":"pro"}}}"#
                ),
                try json(
                    #"{"time":1769904000000,"device_id":"a-1","event_type":"Viewed Home Page","event_properties":{"path":"/"}}"#
                ),
                try json(
                    #"{"time":1769904000000,"user_id":"ann","event_type":"$groupidentify","groups":{"group":"acme"},"#
                        + #""group_properties":{"$set":{"size":5}}}"#
                ),
            ]
        )
        #expect(rejections.keys.sorted() == [5])
    }
}
