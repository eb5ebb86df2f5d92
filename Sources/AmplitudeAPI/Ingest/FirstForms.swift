import Crypto
import EventModel
import HTTPEdge
import Ingestion

extension Endpoint {
    /// `POST /httpapi`: the first version of the HTTP API.
    static func httpV1(_ enrichment: Enrichment) -> Endpoint {
        eventForm(
            [.post],
            at: "/httpapi",
            "Takes events as a form; the first version of /2/httpapi.",
            field: Parameter(
                "event",
                .json,
                in: .form,
                "An event, or a list of them.",
                example: "[{\"user_id\":\"ann@example.com\",\"event_type\":\"Play\"}]",
                isRequired: true
            ),
            .event,
            most: IngestionLimits.batch.events,
            enrichment
        )
    }

    /// `POST /`: what the first SDKs send. Source: Documentation/http.md H7.
    static func firstSDKs(_ enrichment: Enrichment) -> Endpoint {
        Endpoint(
            .post,
            at: "/",
            "Takes events in the form of the first SDKs.",
            parameters: [
                Parameter(
                    "client",
                    .text,
                    in: .form,
                    "The project's API key.",
                    example: "0123456789abcdef0123456789abcdef",
                    isRequired: true
                ),
                Parameter(
                    "e",
                    .json,
                    in: .form,
                    "A list of events.",
                    example: "[{\"device_id\":\"device-1\",\"event_type\":\"Play\",\"timestamp\":1709294400000}]",
                    isRequired: true
                ), Parameter("v", .integer, in: .form, "The version of the form.", example: "2"),
                Parameter("upload_time", .integer, in: .form, "When it was sent, in ms.", example: "1709294400000"),
                Parameter(
                    "checksum",
                    .text,
                    in: .form,
                    "MD5 of v, client, e and upload_time, one behind the other, in hexadecimal digits.",
                    example: "2f92b4cd6ed1c9bd4ea2b6f2a9ae9b51"
                ),
            ],
            access: .keyInBody,
            contentTypes: ["text/plain"]
        ) { call in
            let (sent, fields) = try await call.keyedForm("client")
            let project = try await call.project(withKey: fields["client"])
            if let checksum = fields["checksum"] {
                let signed = ["v", "client", "e", "upload_time"].map { fields[$0] ?? "" }.joined()
                guard checksum.lowercased() == md5(signed) else {
                    let failure = Failure(.malformed, "bad_checksum", "checksum is not that of what was sent.")
                    throw await sent.refused(failure, counting: fields["e"], in: project)
                }
            }
            let uploadTime = fields["upload_time"].flatMap { Int64($0) }
                .flatMap { RequestDecoder.uploadTime(milliseconds: $0) }
            return try await sent.store(events: fields["e"], in: project) { (json) throws(RequestRefusal) in
                var batch = try RequestDecoder.events(
                    inForm: json,
                    .legacy,
                    mostEvents: IngestionLimits.batch.events,
                    remoteAddress: call.sender,
                    enrichment: enrichment
                )
                batch.uploadTime = uploadTime
                return batch
            }
        }
    }
}

private func md5(_ text: String) -> String {
    Insecure.MD5.hash(data: Array(text.utf8)).map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
}
