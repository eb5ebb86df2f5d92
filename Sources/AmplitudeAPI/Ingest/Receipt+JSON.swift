import EventModel
import Ingestion

extension Receipt {
    /// The body of a 200. Every client reads `code` from it. Source: Documentation/http.md H6.
    func json(payloadBytes: Int) -> String {
        var json = JSONWriter()
        json.raw("{\"code\":200,\"events_ingested\":")
        json.integer(accepted)
        json.raw(",\"payload_size_bytes\":")
        json.integer(payloadBytes)
        json.raw(",\"server_upload_time\":")
        json.integer(receivedAt.milliseconds)
        json.raw("}")
        return json.text
    }
}
