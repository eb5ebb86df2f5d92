public import EventModel
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
    /// Shorter ids are mistakes, unless the request allows them. Source: Documentation/events-and-identity.md E5.
    private static let defaultIDLength = 5

    /// - Parameters:
    ///   - body: the request's body, decompressed.
    ///   - mostEvents: more of them are refused.
    ///   - remoteAddress: the sender's, which `"ip": "$remote"` stands for.
    ///   - enrichment: what the server adds to what events say.
    public static func decode(
        _ body: Span<UInt8>,
        mostEvents: Int = .max,
        remoteAddress: String? = nil,
        enrichment: Enrichment = .none
    ) throws(RequestRefusal) -> DecodedRequest {
        guard !body.isEmpty else { throw .missingBody }
        let size = body.count
        do {
            return try JSONDocument.withRoot(of: body) { root, traits in
                guard root.kind == .object else { throw RequestRefusal.invalidJSON }
                guard let apiKey = root["api_key"]?.string, !apiKey.isEmpty else {
                    throw RequestRefusal.missing("api_key")
                }
                let count = root["events"]?.elements.count { _ in true } ?? 0
                let events = Result { () throws(RequestRefusal) in
                    guard count <= mostEvents else { throw .tooManyEvents }
                    return try batch(root, traits, count: count, bytes: size, remoteAddress, enrichment)
                }
                return DecodedRequest(apiKey: apiKey, events: events, eventCount: count)
            }
        } catch let refusal as RequestRefusal {
            throw refusal
        } catch {
            throw .invalidJSON
        }
    }

    /// As above, for a body in an array.
    public static func decode(
        _ body: [UInt8],
        mostEvents: Int = .max,
        remoteAddress: String? = nil,
        enrichment: Enrichment = .none
    ) throws(RequestRefusal) -> DecodedRequest {
        try decode(body.span, mostEvents: mostEvents, remoteAddress: remoteAddress, enrichment: enrichment)
    }

    private static func batch(
        _ root: JSONValue,
        _ traits: JSONTraits,
        count: Int,
        bytes: Int,
        _ remoteAddress: String?,
        _ enrichment: Enrichment
    ) throws(RequestRefusal) -> IncomingBatch {
        guard let events = root["events"], events.kind == .array else { throw .missing("events") }
        let idLength = root["options"]?["min_id_length"]?.integer
        var batch = try check(
            events.elements,
            traits,
            count: count,
            bytes: bytes,
            .httpV2,
            minimumIDLength: idLength.map { Int(clamping: $0) } ?? defaultIDLength,
            remoteAddress,
            enrichment
        )
        batch.door = .httpV2
        batch.uploadTime = root["client_upload_time"].flatMap { uploadTime($0) }
        return batch
    }

    /// Reads the JSON in a form's field: one object, or a list of them.
    ///
    /// - Parameter remoteAddress: the sender's, which `"ip": "$remote"` stands for.
    /// - Throws: a refusal; ``RequestRefusal/invalidJSON`` if the text is not JSON.
    public static func events(
        inForm json: String,
        _ form: EventForm,
        mostEvents: Int = .max,
        remoteAddress: String? = nil,
        enrichment: Enrichment = .none
    ) throws(RequestRefusal) -> IncomingBatch {
        do {
            return try JSONDocument.withRoot(of: json.utf8Span.span) { root, traits in
                let values = root.kind == .array ? Array(root.elements) : [root]
                guard values.count <= mostEvents else { throw RequestRefusal.tooManyEvents }
                var batch = try check(
                    values,
                    traits,
                    count: values.count,
                    bytes: json.utf8.count,
                    form.dialect,
                    minimumIDLength: defaultIDLength,
                    remoteAddress,
                    enrichment
                )
                batch.door = form.door
                return batch
            }
        } catch let refusal as RequestRefusal {
            throw refusal
        } catch {
            throw .invalidJSON
        }
    }

    /// Reads the field `mapping` of `/usermap`: one object, or a list of them.
    /// Source: Documentation/events-and-identity.md E30.
    public static func mappings(inForm json: String, most: Int) throws(RequestRefusal) -> IncomingBatch {
        do {
            return try JSONDocument.withRoot(of: Array(json.utf8)) { root in
                let values = root.kind == .array ? Array(root.elements) : [root]
                guard values.count <= most else { throw RequestRefusal.tooManyEvents }
                var problems = EventProblems()
                var batch = IncomingBatch()
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
        let userID = id("user_id", json, index, &problems)
        if json["unmap"]?.bool == true { return userID.map { UserMapping(userID: $0, globalUserID: nil) } }
        guard let globalID = id("global_user_id", json, index, &problems), let userID else { return nil }
        return UserMapping(userID: userID, globalUserID: globalID)
    }

    /// An id of a mapping; one that is missing, or empty, is a problem too.
    private static func id(
        _ field: StaticString,
        _ json: JSONValue,
        _ index: Int,
        _ problems: inout EventProblems
    ) -> String? {
        let id: String
        switch SentID(json[field], minimumLength: 1) {
        case .absent:
            problems.missing("\(field)", index)
            return nil
        case .invalid, .short:
            problems.invalid("\(field)", index)
            return nil
        case .text(let text): id = text.string
        case .string(let text): id = text
        }
        if !id.utf8.contains(0) { return id }
        problems.invalid("\(field)", index)
        return nil
    }

    /// All events, or a refusal that lists every bad one: clients drop just those and send the rest again.
    ///
    /// - Parameters:
    ///   - count: how many events there are.
    ///   - bytes: how many bytes they have, more or less.
    private static func check(
        _ events: some Sequence<JSONValue>,
        _ traits: JSONTraits,
        count: Int,
        bytes: Int,
        _ dialect: EventDialect,
        minimumIDLength: Int,
        _ remoteAddress: String?,
        _ enrichment: Enrichment
    ) throws(RequestRefusal) -> IncomingBatch {
        var problems = EventProblems()
        var builder = RequestBuilder(events: count, bytes: bytes)
        var reader = EventReader(
            dialect,
            minimumIDLength: minimumIDLength,
            inspector: EventInspector(dialect, traits, bytes: bytes),
            remoteAddress: remoteAddress,
            enrichment: enrichment
        )
        for (index, value) in events.enumerated() {
            guard value.kind == .object else { throw RequestRefusal.invalidEvent }
            reader.read(value, index, into: &builder, &problems)
        }
        if let refusal = problems.refusal { throw refusal }
        return builder.finished()
    }

    /// When a sender says that it sent its request. What was meant in another unit than milliseconds would move all events,
    /// so it is as good as not sent.
    public static func uploadTime(milliseconds: Int64) -> Timestamp? {
        milliseconds < PropertyLimits.endOfTimes.milliseconds ? Timestamp(milliseconds: milliseconds) : nil
    }

    /// ISO 8601, as SDKs send it, or milliseconds.
    private static func uploadTime(_ value: JSONValue) -> Timestamp? {
        let time = value.integer ?? value.string.flatMap { Timestamp(iso8601: $0)?.milliseconds }
        return time.flatMap { uploadTime(milliseconds: $0) }
    }
}
