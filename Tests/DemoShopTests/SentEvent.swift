import Foundation

/// An event as a server reads it.
struct SentEvent {
    struct Revenue {
        let price: Double
        let quantity: Int
        let total: Double
        let type: String
    }

    let type: String
    let time: Int64
    let sessionID: Int64
    let insertID: String
    let deviceID: String
    let userID: String?
    let platform: String
    let revenue: Revenue?
    /// What is missing or of the wrong type; empty for a good event.
    let problems: [String]

    init(_ json: ArraySlice<UInt8>) throws {
        self.init(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any] ?? [:])
    }

    init(_ object: [String: Any]) {
        type = object["event_type"] as? String ?? ""
        time = object["time"] as? Int64 ?? 0
        sessionID = object["session_id"] as? Int64 ?? 0
        insertID = object["insert_id"] as? String ?? ""
        deviceID = object["device_id"] as? String ?? ""
        userID = object["user_id"] as? String
        platform = object["platform"] as? String ?? ""
        if let price = object["price"] as? Double, let quantity = object["quantity"] as? Int,
            let total = object["revenue"] as? Double, let type = object["revenueType"] as? String
        {
            revenue = Revenue(price: price, quantity: quantity, total: total, type: type)
        } else {
            revenue = nil
        }

        var problems: [String] = []
        for key in [
            "event_type", "os_name", "os_version", "device_model", "app_version", "country", "city", "language",
        ]
        where (object[key] as? String ?? "").isEmpty { problems.append("no \(key)") }
        if !["Web", "iOS", "Android"].contains(platform) { problems.append("platform \(platform)") }
        if UUID(uuidString: deviceID) == nil { problems.append("device_id \(deviceID)") }
        if UUID(uuidString: insertID) == nil { problems.append("insert_id \(insertID)") }
        if let userID, userID.count < 5 { problems.append("user_id \(userID)") }
        if time < sessionID { problems.append("before its session") }
        if object["event_id"] as? Int == nil { problems.append("no event_id") }
        if object["event_properties"] as? [String: Any] == nil { problems.append("no event_properties") }
        self.problems = problems
    }
}
