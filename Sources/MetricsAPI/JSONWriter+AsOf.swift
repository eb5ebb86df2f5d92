import EventModel
import HTTPEdge
import QueryExecution

extension JSONWriter {
    /// Members that say as of when an answer is, and which of its buckets are not over or have not begun.
    mutating func asOf(_ context: QueryContext, incomplete: [String]) {
        raw("\"as_of\":")
        string(context.now.iso8601)
        // Whatever was acknowledged before that moment is counted.
        member("watermark", context.now.iso8601)
        member("zone", context.zone.name)
        key("incomplete")
        list(incomplete) { $0.string($1) }
    }
}
