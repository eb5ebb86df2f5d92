import EventModel
import JSONTape

/// A request's API key, and its events or what is wrong with them: a wrong key is reported first.
public struct DecodedRequest: Sendable {
    public var apiKey: String
    public var events: Result<IncomingBatch, RequestRefusal>
    /// How many events the request has, good and bad.
    public var eventCount: Int
}

/// Reads the body of `POST /2/httpapi`: bytes to checked events, or to the one refusal that names all that is wrong.
public enum RequestDecoder {
    /// Shorter ids are mistakes, unless the request allows them. Source: reference/ingest.md §4.
    private static let defaultIDLength = 5

    /// - Parameters:
    ///   - body: the request's body, decompressed.
    ///   - mostEvents: more of them are refused.
    ///   - remoteAddress: the sender's, which `"ip": "$remote"` stands for.
    ///   - enrichment: what the server adds to what events say.
    public static func decode(
        _ body: [UInt8],
        mostEvents: Int = .max,
        remoteAddress: String? = nil,
        enrichment: Enrichment = .none
    ) throws(RequestRefusal) -> DecodedRequest {
        guard !body.isEmpty else { throw .missingBody }
        do {
            return try JSONDocument.withRoot(of: body) { root in
                guard root.kind == .object else { throw RequestRefusal.invalidJSON }
                guard let apiKey = root["api_key"]?.string, !apiKey.isEmpty else {
                    throw RequestRefusal.missing("api_key")
                }
                let count = root["events"]?.elements.count { _ in true } ?? 0
                let events = Result { () throws(RequestRefusal) in
                    guard count <= mostEvents else { throw .tooManyEvents }
                    return try batch(root, remoteAddress, enrichment)
                }
                return DecodedRequest(apiKey: apiKey, events: events, eventCount: count)
            }
        } catch let refusal as RequestRefusal {
            throw refusal
        } catch {
            throw .invalidJSON
        }
    }

    private static func batch(
        _ root: JSONValue,
        _ remoteAddress: String?,
        _ enrichment: Enrichment
    ) throws(RequestRefusal) -> IncomingBatch {
        guard let events = root["events"], events.kind == .array else { throw .missing("events") }
        let idLength = root["options"]?["min_id_length"]?.integer
        let checked = try check(
            events.elements,
            .httpV2,
            minimumIDLength: idLength.map { Int(clamping: $0) } ?? defaultIDLength,
            remoteAddress,
            enrichment
        )
        return IncomingBatch(events: checked, uploadTime: root["client_upload_time"].flatMap(Self.uploadTime))
    }

    /// Reads the JSON in a form's field: one object, or a list of them.
    ///
    /// - Throws: a refusal; ``RequestRefusal/invalidJSON`` if the text is not JSON.
    public static func events(
        inForm json: String,
        _ form: EventForm,
        mostEvents: Int = .max,
        enrichment: Enrichment = .none
    ) throws(RequestRefusal) -> IncomingBatch {
        do {
            return try JSONDocument.withRoot(of: Array(json.utf8)) { root in
                let values = root.kind == .array ? Array(root.elements) : [root]
                guard values.count <= mostEvents else { throw RequestRefusal.tooManyEvents }
                return IncomingBatch(
                    events: try check(values, form.dialect, minimumIDLength: defaultIDLength, nil, enrichment)
                )
            }
        } catch let refusal as RequestRefusal {
            throw refusal
        } catch {
            throw .invalidJSON
        }
    }

    /// Reads the field `mapping` of `/usermap`: one object, or a list of them.
    /// Source: reference/export-cohorts-admin.md §8.
    public static func mappings(inForm json: String, most: Int) throws(RequestRefusal) -> IncomingBatch {
        do {
            return try JSONDocument.withRoot(of: Array(json.utf8)) { root in
                let values = root.kind == .array ? Array(root.elements) : [root]
                guard values.count <= most else { throw RequestRefusal.tooManyEvents }
                var problems = EventProblems()
                var batch = IncomingBatch(events: [])
                for (index, value) in values.enumerated() {
                    guard value.kind == .object else { throw RequestRefusal.invalidEvent }
                    if let mapping = mapping(value, index, &problems) { batch.mappings.append(mapping) }
                }
                if let refusal = problems.refusal { throw refusal }
                return batch
            }
        } catch let refusal as RequestRefusal {
            throw refusal
        } catch {
            throw .invalidJSON
        }
    }

    private static func mapping(_ json: JSONValue, _ index: Int, _ problems: inout EventProblems) -> UserMapping? {
        let reader = EventReader(dialect: .httpV2, minimumIDLength: 1, index: index)
        func id(_ field: String, _ value: JSONValue?) -> String? {
            let before = problems.count
            let id = reader.id(field, value, &problems)
            if id == nil, problems.count == before { problems.missing(field, index) }
            return id
        }
        let userID = id("user_id", json["user_id"])
        if json["unmap"]?.bool == true { return userID.map { UserMapping(userID: $0, globalUserID: nil) } }
        guard let globalID = id("global_user_id", json["global_user_id"]), let userID else { return nil }
        return UserMapping(userID: userID, globalUserID: globalID)
    }

    /// All events, or a refusal that lists every bad one: clients drop just those and send the rest again.
    private static func check(
        _ events: some Sequence<JSONValue>,
        _ dialect: EventDialect,
        minimumIDLength: Int,
        _ remoteAddress: String?,
        _ enrichment: Enrichment
    ) throws(RequestRefusal) -> [IncomingEvent] {
        var problems = EventProblems()
        var checked: [IncomingEvent] = []
        var interner = RequestInterner(enrichment)
        for (index, value) in events.enumerated() {
            guard value.kind == .object else { throw RequestRefusal.invalidEvent }
            let reader = EventReader(
                dialect: dialect,
                minimumIDLength: minimumIDLength,
                remoteAddress: remoteAddress,
                index: index
            )
            if let event = reader.read(value, &problems, &interner) { checked.append(event) }
        }
        if let refusal = problems.refusal { throw refusal }
        return checked
    }

    /// ISO 8601, as SDKs send it, or milliseconds.
    private static func uploadTime(_ value: JSONValue) -> Timestamp? {
        if let milliseconds = value.integer { return Timestamp(milliseconds: milliseconds) }
        return value.string.flatMap { Timestamp(iso8601: $0) }
    }
}
