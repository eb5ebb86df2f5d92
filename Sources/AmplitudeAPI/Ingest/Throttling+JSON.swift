import EventModel
import Ingestion

// The bodies that clients act on: they wait with the listed events, and drop those of ids that are over the quota.
// Source: Documentation/http.md H16.

extension Throttling {
    /// The body of a 429. An endpoint without a quota does not speak of it.
    var json: String {
        var json = JSONWriter()
        json.raw("{\"code\":429,\"error\":\"Too many requests for some devices and users\"")
        json.threshold(limits)
        json.ids("throttled_devices", devices)
        json.ids("throttled_users", users)
        if limits.eventsPerDay != nil {
            json.ids("exceeded_daily_quota_users", usersOverQuota)
            json.ids("exceeded_daily_quota_devices", devicesOverQuota)
        }
        json.indexes("throttled_events", events)
        json.raw("}")
        return json.text
    }
}

extension Silencing {
    /// The body of a 400.
    var json: String {
        var json = JSONWriter()
        json.raw("{\"code\":400,\"error\":\"Events silenced for device_id\"")
        json.threshold(limits)
        json.raw(",\"exceeded_daily_quota_devices\":{},\"silenced_devices\":")
        json.list(devices) { $0.string($1) }
        json.indexes("silenced_events", events)
        json.raw(",\"throttled_devices\":{},\"throttled_events\":[]}")
        return json.text
    }
}

extension JSONWriter {
    /// Some clients fail without the number: where there is no limit, it is the largest that they all can read.
    fileprivate mutating func threshold(_ limits: RateLimits) {
        raw(",\"eps_threshold\":")
        integer(limits.eventsPerSecond ?? Int(Int32.max))
    }

    fileprivate mutating func ids(_ name: StaticString, _ ids: [ThrottledID]) {
        raw(",\"")
        raw(name)
        raw("\":{")
        for (position, id) in ids.enumerated() {
            if position > 0 { raw(",") }
            string(id.id)
            raw(":")
            integer(id.events)
        }
        raw("}")
    }

    fileprivate mutating func indexes(_ name: StaticString, _ indexes: [Int]) {
        raw(",\"")
        raw(name)
        raw("\":")
        list(indexes) { $0.integer($1) }
    }
}
