import EventModel
public import QueryExecution
public import QueryModel

extension CellUsers {
    /// The body of a 200.
    ///
    /// - Parameter names: those of each user.
    public func json(_ names: [PersonNames]) -> String {
        var json = JSONWriter()
        json.raw("{\"data\":{\"count\":")
        json.integer(count)
        json.raw(",\"users\":")
        json.list(zip(users, names)) { json, user in
            json.raw("{\"amplitude_id\":")
            json.integer(user.1.amplitudeID.number)
            json.raw(",\"user_id\":")
            json.string(user.1.userID)
            json.raw(",\"value\":")
            json.number(user.0.value)
            json.raw("}")
        }
        json.raw(",\"next\":")
        // It begins after the last one here.
        if next != nil, let last = names.last { json.integer(last.amplitudeID.number) } else { json.raw("null") }
        json.raw("}}")
        return json.text
    }
}
