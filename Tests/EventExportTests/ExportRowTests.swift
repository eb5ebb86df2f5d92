import EventModel
import Storage
import Testing

@testable import EventExport

@Suite struct ExportRowTests {
    /// 2026-06-16T09:41:27.005Z
    private static let moment = Timestamp(milliseconds: 1_781_602_887_005)

    private static func event(_ change: (inout StoredEvent) -> Void = { _ in }) -> StoredEvent {
        var event = StoredEvent(
            user: UserKey(4),
            device: DeviceKey(1),
            carriesUserID: true,
            type: EventTypeID(1),
            time: moment,
            clientTime: moment,
            uploadTime: moment,
            context: ContextID(0),
            userProperties: .empty
        )
        change(&event)
        return event
    }

    private static func text(
        _ event: StoredEvent,
        context: EventContext = EventContext(),
        userID: String? = "ann",
        properties: String = "{}",
        as form: ExportRow.Form = .export
    ) -> String {
        let resolved = ResolvedEvent(
            row: 12,
            event: event,
            receivedAt: moment,
            type: "Play \"it\"",
            amplitudeID: event.user == .nobody ? nil : AmplitudeID(event.user),
            userID: userID,
            deviceID: "d-1",
            context: context,
            userProperties: properties
        )
        var json = JSONWriter()
        ExportRow(resolved, project: 7).write(to: &json, as: form)
        return json.text
    }

    @Test("a bare event: every key, sorted, null where nothing is known")
    func bare() {
        let bare = Self.event {
            $0.sessionID = -1
            $0.door = .httpV2
        }
        var context = EventContext()
        context[.library] = "http/2.0"
        let time = "\"2026-06-16 09:41:27.005000\""
        #expect(
            Self.text(bare, context: context)
                == #"{"$insert_id":"\#(RowUUID(project: 7, number: 12, .insertID).text)","$insert_key":null,"$schema":null,"#
                + #""adid":null,"amplitude_attribution_ids":null,"amplitude_event_type":null,"amplitude_id":4,"app":7,"#
                + #""city":null,"client_event_time":\#(time),"client_upload_time":\#(time),"country":null,"#
                + #""data":{"path":"/2/httpapi","group_first_event":{},"group_ids":{}},"data_type":"event","device_brand":null,"device_carrier":null,"#
                + #""device_family":null,"device_id":"d-1","device_manufacturer":null,"device_model":null,"#
                + #""device_type":null,"dma":null,"event_id":\#(RowUUID.eventID(project: 7, number: 12)),"#
                + #""event_properties":{},"event_time":\#(time),"event_type":"Play \"it\"","#
                + #""global_user_properties":null,"group_properties":{},"groups":{},"idfa":null,"ip_address":null,"#
                + #""is_attribution_event":null,"language":null,"library":"http/2.0","location_lat":null,"#
                + #""location_lng":null,"os_name":null,"os_version":null,"partner_id":null,"paying":null,"plan":{},"#
                + #""platform":null,"processed_time":\#(time),"region":null,"sample_rate":null,"#
                + #""server_received_time":\#(time),"server_upload_time":\#(time),"session_id":-1,"source_id":null,"#
                + #""start_version":null,"user_creation_time":null,"user_id":"ann","user_properties":{},"#
                + #""uuid":"\#(RowUUID(project: 7, number: 12).text)","version_name":null}"#
        )
    }

    /// Those of a row whose objects, but for `data`, are empty.
    private static func keys(_ text: String) -> [String] {
        text.replacing(/"data":\{.*?}}/, with: "\"data\":0").matches(of: /[{,]"([a-z_$]+)":/).map { String($0.1) }
    }

    @Test("55 keys in the order of their code points; useractivity has one less and two more")
    func keys() {
        let export = Self.keys(Self.text(Self.event()))
        #expect(export.count == 55 && export == export.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        let activity = Self.keys(Self.text(Self.event(), as: .userActivity(os: "ios 17")))
        #expect(activity == activity.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(Set(activity).subtracting(export) == ["os", "raw_event_type"])
        #expect(Set(export).subtracting(activity) == ["processed_time"])
    }

    @Test("what was sent is told as it was sent")
    func full() {
        let full = Self.event {
            $0.eventID = 9
            $0.insertID = "mine"
            $0.sessionID = 1_781_602_880_000
            $0.eventProperties = "{\"price\":10.0,\"n\":10}"
            $0.extras =
                "{\"adid\":\"a\",\"groups\":{\"org\":[\"x\"]},\"ip\":\"1.2.3.4\",\"location_lat\":1.50,\"plan\":{\"branch\":\"b\"}}"
        }
        var context = EventContext()
        context[.paying] = "true"
        context[.deviceModel] = "iPhone"
        let text = Self.text(full, context: context, userID: nil, properties: "{\"a\":{\"b\":1}}")
        for part in [
            "\"$insert_id\":\"mine\"", "\"event_id\":9,", "\"session_id\":1781602880000", "{\"price\":10.0,\"n\":10}",
            "\"adid\":\"a\"", "\"groups\":{\"org\":[\"x\"]}", "\"ip_address\":\"1.2.3.4\"",
            "\"plan\":{\"branch\":\"b\"}",
            "\"paying\":true", "\"device_family\":\"iPhone\"", "\"user_id\":null",
            "\"user_properties\":{\"a\":{\"b\":1}}",
            "\"data\":{\"group_first_event\":{},\"group_ids\":{}}", "\"location_lat\":1.5",
        ] { #expect(text.contains(part), "\(part): \(text)") }
    }

    @Test("an event that changed its person says so; another does not mention it")
    func changesPerson() {
        func data(_ changesPerson: Bool) -> Substring? {
            let event = Self.event {
                $0.door = .batch
                $0.changesPerson = changesPerson
            }
            return Self.text(event).firstMatch(of: /"data":\{"path":"\/batch",(.*?)"group_first_event"/)?.1
        }
        #expect(data(true) == "\"user_properties_updated\":true,")
        #expect(data(false)?.isEmpty == true)
    }

    @Test(
        "groups are lists, also those that were sent alone",
        arguments: [
            ("{\"a\":\"x\",\"b\":[\"y\",2],\"c\":3,\"d\":[]}", "{\"a\":[\"x\"],\"b\":[\"y\",2],\"c\":[3],\"d\":[]}"),
            ("{}", "{}"), ("7", "{}"), ("null", "{}"),
        ]
    )
    func groups(sent: String, told: String) {
        let text = Self.text(Self.event { $0.extras = "{\"groups\":\(sent)}" })
        #expect(text.contains("\"groups\":\(told),\"idfa\""), "\(text)")
    }

    @Test(
        "the client's upload is the receipt, unless its clock is more than a minute off",
        arguments: [(0, 5), (60_000, 5), (-60_000, 5), (60_001, 1), (-60_001, 1)]
    )
    func uploadTime(skew: Int64, received: Int) {
        let text = Self.text(
            Self.event { $0.uploadTime = Timestamp(milliseconds: Self.moment.milliseconds + skew) }
        )
        // Client, event, upload, processed and received twice are one moment, but for the upload.
        #expect(text.matches(of: /2026-06-16 09:41:27.005000/).count == received + (received == 5 ? 1 : 4))
    }

    @Test("moments that no calendar has are shown as the edge", arguments: [Int64.min, Int64.max])
    func edges(milliseconds: Int64) {
        let text = Self.text(Self.event { $0.clientTime = Timestamp(milliseconds: milliseconds) })
        let edge = milliseconds < 0 ? "0001-01-01 00:00:00.000000" : "9999-12-31 23:59:59.999000"
        #expect(text.contains("\"client_event_time\":\"\(edge)\""), "\(text)")
    }
}
