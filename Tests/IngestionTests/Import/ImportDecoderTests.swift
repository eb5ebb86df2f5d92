import EventModel
import Storage
import Testing

@testable import Ingestion

@Suite("Lines of an import") struct ImportDecoderTests {
    private static func decode(_ text: String, _ form: ImportForm = .rows, file: String = "f") -> ImportedLines {
        ImportDecoder(form, file: file, firstLine: 11).decode(Array(text.utf8).span)
    }

    @Test("a bad line costs no other, and is told with what would be right")
    func rejections() {
        let lines = Self.decode(
            """
            \(row(["uuid": "\"a\""]))

            nonsense
            [1]
            \(row(["event_time": "\"yesterday\""]))
            \(row(["event_type": "\"\""]))
            \(row(["amplitude_id": "0"]))
            \(row(["amplitude_id": "null", "device_id": "null"]))
            \(row(["user_id": "\"\\u0000\""]))
            \(row(["event_properties": "[1]"]))
            {"event_type":"half
            \(row(["uuid": "\"b\""]))
            """
        )
        #expect(lines.count == 11)
        #expect(lines.batch.events.count == 2 && lines.lines == [11, 22])
        let reasons = Dictionary(uniqueKeysWithValues: lines.rejections.map { ($0.line, $0.reason) })
        #expect(reasons.keys.sorted() == [13, 14, 15, 16, 17, 18, 19, 20, 21])
        for (line, part) in [
            (13, "is not JSON"), (14, "no JSON object"), (15, "event_time must be a time, such as \"2026-01-31"),
            (16, "event_type must be a text"), (17, "amplitude_id must be a whole number from 1"),
            (18, "one of amplitude_id, user_id and device_id must be there"), (19, "user_id must not have"),
            (20, "event_properties must be an object"), (21, "is not JSON"),
        ] {
            #expect(reasons[line]?.contains(part) == true, "\(line): \(reasons[line] ?? "-")")
        }
        #expect(lines.batch.rejectedLines == 9)
    }

    @Test("two halves of an object on two lines are not one")
    func halves() {
        let lines = Self.decode("{\"event_type\":\"A\"\n\"user_id\":\"ann\"}\n\(row()),\(row())")
        #expect(lines.batch.events.isEmpty && lines.rejections.map(\.line) == [11, 12, 13])
    }

    @Test(
        "a row's time, id, session and extras are what it says",
        arguments: ["2026-01-31 23:59:59.123000", "2026-01-31T23:59:59.123456Z"]
    )
    func whole(time: String) throws {
        let lines = Self.decode(
            row([
                "event_time": "\"\(time)\"", "client_event_time": "\"2026-01-31 22:00:00\"",
                "client_upload_time": "\"2026-02-01 00:00:00.000000\"", "session_id": "17", "event_id": "3",
                "$insert_id": "\"x y\"", "ip_address": "\"::1\"", "groups": "{\"org\":[\"a\"]}", "plan": "{}",
                "event_properties": "{\"n\":1,\"none\":null,\"$price\":2,\"$quantity\":3}", "$schema": "12",
                "data": "{\"path\":\"/batch\"}", "device_model": "\"iPhone\"", "device_family": "\"Apple\"",
                "device_type": "\"iPhone\"", "of_tomorrow": "[1]",
            ])
        )
        let event = try #require(lines.batch.contents.first)
        let traits = try #require(lines.batch.imported.first)
        #expect(traits.time == Timestamp(milliseconds: 1_769_903_999_123))
        #expect(traits.receivedAt == Timestamp(milliseconds: 1_769_904_001_500))
        #expect(traits.amplitudeID == AmplitudeID(900_000_000_001))
        #expect(event.clientTime == Timestamp(milliseconds: 1_769_896_800_000))
        #expect(event.uploadTime == Timestamp(milliseconds: 1_769_904_000_000))
        #expect(event.sessionID == 17 && event.eventID == 3 && event.insertID == "x y" && event.revenue == 6)
        #expect(event.eventProperties == "{\"n\":1,\"$price\":2,\"$quantity\":3}")
        #expect(
            event.extras == #"{"groups":{"org":["a"]},"ip":"::1","of_tomorrow":[1],"imported":{"$schema":12,"#
                + #""data":{"path":"/batch"},"uuid":"u-1","device_family":"Apple","#
                + #""client_upload_time":"2026-02-01 00:00:00.000000"}}"#
        )
    }

    @Test("what is no id for clients is one here; a mark of the file and the line stands for what has none")
    func places() throws {
        let id = Self.decode(row(["user_id": "\"null\"", "device_id": "7"]))
        #expect(id.batch.userID(of: id.batch.events[0]) == "null")
        #expect(id.batch.deviceID(of: id.batch.events[0]) == "7")
        func mark(_ text: String, _ file: String = "f", _ form: ImportForm = .rows) -> [Fingerprint] {
            Self.decode(text, form, file: file).batch.imported.map(\.fingerprint)
        }
        let bare = row(["uuid": "null"])
        let two = mark("\(bare)\n\(bare)")
        #expect(two[0] != two[1] && mark("\(bare)\n\(bare)") == two && mark(bare, "g")[0] != two[0])
        #expect(mark(row(), "f") == mark(row(), "g"), "by its uuid")
        #expect(mark(row()) != mark(row(["event_type": "\"Stop\""])), "another server's event may have the same uuid")
        let sent = #"{"user_id":"ann","event_type":"A","time":5,"insert_id":"i"}"#
        #expect(mark(sent, "f", .events) == mark(sent, "g", .events), "by its insert_id")
    }

    @Test("events as clients send them need a time, and know no shortest id")
    func events() {
        let lines = Self.decode(
            """
            {"user_id":"a","event_type":"A","time":1700000000000}
            {"user_id":"ann","event_type":"A"}
            {"event_type":"A","time":5}
            {"user_id":"ann","event_type":"A","time":"2026-01-01"}
            """,
            .events
        )
        #expect(lines.batch.imported.map(\.time.milliseconds) == [1_700_000_000_000])
        #expect(lines.batch.imported.map(\.receivedAt) == [nil], "nobody says when")
        #expect(lines.rejections.map(\.line) == [12, 13, 14])
        #expect(lines.rejections[0].reason.contains("\"time\":1767225600000"))
    }

    @Test("merged ids, Amplitude's or ours")
    func merges() {
        let lines = Self.decode(
            """
            {"amplitude_id":3,"merge_event_time":"2026-06-16 09:41:27.005000","merged_amplitude_id":1,"scope":7}
            {"scope":7,"merge_event_time":"2026-06-16 09:41:27.005","merge_server_time":"x","amplitude_id":4,"merged_amplitude_id":1}
            {"amplitude_id":3,"merged_amplitude_id":1}
            """,
            .merges
        )
        #expect(lines.batch.importedMerges.map(\.from.number) == [3, 4])
        #expect(lines.batch.importedMerges.map(\.time.milliseconds) == [1_781_602_887_005, 1_781_602_887_005])
        #expect(lines.rejections.map(\.line) == [13])
    }
}
