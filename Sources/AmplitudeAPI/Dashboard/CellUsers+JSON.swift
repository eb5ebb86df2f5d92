import EventModel
import QueryModel

extension CellUsers {
    /// The body of a 200.
    ///
    /// - Parameter userIDs: one for each user.
    func json(userIDs: [String?]) -> String {
        var json = JSONWriter()
        json.raw("{\"data\":{\"count\":")
        json.integer(count)
        json.raw(",\"users\":")
        json.list(zip(users, userIDs)) { json, user in
            json.raw("{\"amplitude_id\":")
            json.integer(user.0.key.number)
            json.raw(",\"user_id\":")
            json.string(user.1)
            json.raw(",\"value\":")
            json.number(user.0.value)
            json.raw("}")
        }
        json.raw(",\"next\":")
        if let next { json.integer(next.number) } else { json.raw("null") }
        json.raw("}}")
        return json.text
    }
}
