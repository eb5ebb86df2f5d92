import Compression
import EventModel
import Foundation
import Ingestion
import JSONTape

/// The first byte of an input says which door the rest of it goes through; a wrong answer ends the process.
func check(_ input: [UInt8]) {
    guard let door = input.first else { return }
    let body = Array(input.dropFirst())
    switch door {
    case UInt8(ascii: "e"): checkEvents(body)
    case UInt8(ascii: "i"): checkForm(body, .identification)
    case UInt8(ascii: "g"): checkForm(body, .groupIdentification)
    case UInt8(ascii: "l"): checkForm(body, .legacy)
    case UInt8(ascii: "v"): checkForm(body, .event)
    case UInt8(ascii: "m"): checkMappings(body)
    case UInt8(ascii: "j"): checkJSON(body)
    case UInt8(ascii: "z"): checkGzip(body)
    case UInt8(ascii: "f"): checkURLEncoded(body)
    case UInt8(ascii: "p"): checkMultipart(body)
    default: break
    }
}

/// Unlike `precondition`, it tells its message and its line in an optimised build too.
private func require(
    _ isTrue: Bool,
    _ message: @autoclosure () -> String = "not so",
    file: StaticString = #file,
    line: UInt = #line
) {
    if !isTrue { fatalError(message(), file: file, line: line) }
}

// MARK: Events

private func checkEvents(_ body: [UInt8]) {
    let decoded: DecodedRequest
    do {
        decoded = try RequestDecoder.decode(body, mostEvents: 50, remoteAddress: "192.0.2.1")
    } catch {
        if error == .invalidJSON, canBeCompared(body) {
            let object = accepted(byFoundation: body) as? [String: Any]
            require(object == nil, "Foundation reads an object in what is refused as no JSON")
        }
        return
    }
    if canBeCompared(body) { require(accepted(byFoundation: body) is [String: Any]) }
    switch decoded.events {
    case .success(let batch): check(batch, decoded.eventCount)
    case .failure(let refusal): check(refusal, decoded.eventCount)
    }
}

private func checkForm(_ body: [UInt8], _ form: EventForm) {
    let text = String(decoding: body, as: UTF8.self)
    do {
        let batch = try RequestDecoder.events(inForm: text, form, mostEvents: 50)
        check(batch, batch.events.count)
    } catch {
        check(error, 50)
    }
}

private func checkMappings(_ body: [UInt8]) {
    do {
        let batch = try RequestDecoder.mappings(inForm: String(decoding: body, as: UTF8.self), most: 50)
        require(batch.events.isEmpty && batch.mappings.allSatisfy { !$0.userID.isEmpty })
    } catch {
        check(error, 50)
    }
}

/// Whatever was taken can be stored: somebody's, of some type, and the JSON in it is JSON.
private func check(_ batch: IncomingBatch, _ count: Int) {
    require(batch.events.count == count)
    for (event, stored) in zip(batch.events, batch.contents) {
        let type = batch.type(of: event)
        require(type?.isEmpty == false)
        let (userID, deviceID) = (batch.userID(of: event), batch.deviceID(of: event))
        require(userID != nil || deviceID != nil || type == "$groupidentify")
        require(userID?.isEmpty != true && deviceID?.isEmpty != true)
        require(stored.revenue?.isFinite != false)
        // A name that is cut at a U+0000 would be another's.
        for name in [type, userID, deviceID, stored.insertID] { require(name?.utf8.contains(0) != true) }
        require(!stored.eventProperties.contains("\\u0000\":"), "a name ends with U+0000")
        let properties = accepted(byFoundation: Array(stored.eventProperties.utf8)) as? [String: Any]
        require(properties != nil, "event properties are no object: \(stored.eventProperties)")
        if let extras = stored.extras {
            require(accepted(byFoundation: Array(extras.utf8)) is [String: Any], "extras are no object: \(extras)")
        }
    }
}

private func check(_ refusal: RequestRefusal, _ count: Int) {
    require(!refusal.error.isEmpty)
    for fields in [refusal.invalidFields, refusal.missingFields, refusal.invalidIDLengths] {
        require(fields.values.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0..<count).contains($0) } })
    }
}

// MARK: JSON, against Foundation's reader

/// What both accept means the same, also when it is written again.
private func checkJSON(_ body: [UInt8]) {
    let foundation = accepted(byFoundation: body)
    let written = try? JSONDocument.withRoot(of: body) { root in
        var json = JSONWriter()
        json.value(root)
        return json.text
    }
    guard canBeCompared(body) else { return }
    require((foundation != nil) == (written != nil), "one accepts what the other refuses")
    guard let foundation, let written else { return }
    guard let again = accepted(byFoundation: Array(written.utf8)) else {
        fatalError("what is written is no JSON: \(written)")
    }
    require(isSame(foundation, again), "read otherwise than by Foundation: \(written)")
}

private func accepted(byFoundation body: [UInt8]) -> Any? {
    try? JSONSerialization.jsonObject(with: Data(body), options: [.fragmentsAllowed])
}

/// Not where the two differ, and are known to: Foundation takes more than JSON.
private func canBeCompared(_ body: [UInt8]) -> Bool {
    // Foundation also takes UTF-16 and UTF-32, which it knows by their zeros or by a byte order mark, and now and then
    // loses such a mark from a text.
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if body.contains(0) || body.contains(0xFE) || body.contains(0xFF) || body.firstRange(of: mark) != nil {
        return false
    }
    // Foundation takes a comma in front of a closing bracket.
    let dense = body.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    for (byte, next) in zip(dense, dense.dropFirst()) where byte == UInt8(ascii: ",") {
        if next == UInt8(ascii: "]") || next == UInt8(ascii: "}") { return false }
    }
    // Foundation refuses halves of surrogate pairs, and where it looks at them, numbers that no double can hold.
    let text = String(decoding: body, as: UTF8.self)
    if text.contains(/[0-9][eE][+]?[0-9]{3}|[0-9]{300}|\\u[dD][89a-fA-F]/) { return false }
    // Foundation goes 512 levels deep, simdjson 1024.
    return body.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") } < 500
}

private func isSame(_ a: Any, _ b: Any) -> Bool {
    switch (a, b) {
    case (let a as [Any], let b as [Any]): a.count == b.count && zip(a, b).allSatisfy(isSame)
    case (let a as [String: Any], let b as [String: Any]):
        a.count == b.count && a.allSatisfy { key, value in b[key].map { isSame(value, $0) } ?? false }
    // Foundation keeps some numbers as decimals, and gives them back a little beside the nearest double.
    case (let a as NSNumber, let b as NSNumber):
        a == b || abs(a.doubleValue - b.doubleValue) <= 1e-13 * abs(a.doubleValue)
    case (let a as String, let b as String): Array(a.utf8) == Array(b.utf8)
    case (is NSNull, is NSNull): true
    default: false
    }
}

// MARK: What bodies are wrapped in

private func checkGzip(_ body: [UInt8]) {
    let limit = 1 << 16
    do throws(Gzip.Failure) {
        let content = try Gzip.decompress(body, limit: limit)
        require(content.count <= limit)
        checkEvents(content)
    } catch {}
}

/// Decoded fields come back the same when they are written as browsers do.
private func checkURLEncoded(_ body: [UInt8]) {
    let fields = FormFields(urlEncoded: String(decoding: body, as: UTF8.self)).fields
    let escaped = fields.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
    let again = FormFields(urlEncoded: escaped).fields
    require(again.count == fields.count)
    require(zip(again, fields).allSatisfy { Array($0.name.utf8) == Array($1.name.utf8) })
    require(zip(again, fields).allSatisfy { Array($0.value.utf8) == Array($1.value.utf8) })
}

private func escape(_ text: String) -> String {
    text.utf8.map { byte in
        "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
}

/// The line up to the first line break is the header, the rest the body.
private func checkMultipart(_ body: [UInt8]) {
    let head = body.prefix { $0 != UInt8(ascii: "\n") }
    let fields = FormFields(
        multipart: Array(body.dropFirst(head.count + 1)),
        contentType: String(decoding: head, as: UTF8.self)
    )
    require(fields.fields.reduce(0) { $0 + $1.value.utf8.count } <= body.count)
}
