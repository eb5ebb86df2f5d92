import EventModel
import HTTPEdge
import JSONTape
import Storage

// A release: a remark that names a version. Source: Documentation/remarks.md K6.

extension Endpoint {
    static let createRelease = Endpoint(
        .post,
        at: "/api/2/release",
        "Says that a version was released: as JSON, as a form, or in the query string.",
        parameters: [
            Parameter("version", .text, "The version.", example: "2.1.0"),
            Parameter("release_start", .text, "When, in UTC.", example: "2026-01-01 00:00:00"),
            Parameter("title", .text, "What it is called.", example: "Winter release"),
            Parameter("release_end", .text, "When it was over, in UTC.", example: "2026-01-08 00:00:00"),
            Parameter("description", .text, "More about it.", example: "Faster start"),
            Parameter("platforms", .text, "On which platforms, with commas between them.", example: "iOS,Android"),
            Parameter("created_by", .text, "Who made it.", example: "ann@example.com"),
            Parameter(
                "chart_visibility",
                .flag,
                "Whether it is to be seen beside charts.",
                standard: "true",
                example: "true"
            ),
        ],
        body: Body(
            "The same as members of an object; platforms are a list then.",
            example: ["version": "2.1.0", "release_start": "2026-01-01 00:00:00", "title": "Winter release"]
        ),
        access: .editor
    ) { call in
        let form = try await call.form(limit: AnnotationChange.mostBytes)
        // Some say of a form that it is JSON, or the other way round: what it is tells its first byte.
        let isJSON = form.sent.body.first { $0 > UInt8(ascii: " ") } == UInt8(ascii: "{")
        let sent = try SentRelease(parsing: isJSON ? form.sent.body : form.fields.object)
        let project = try call.project
        let remark = sent.remark(at: project.now())
        let number = project.project.id
        return try await project.withRecord { record in
            guard let added = try record.add(remark), let release = added.release else { throw Failure.tooManyRemarks }
            var json = JSONWriter()
            json.release(added, release, project: number)
            return .json(json)
        }
    }
}

extension SentParameters {
    /// What the query string or a form says, as the object that a body would be. Clients send a list as a field that comes
    /// several times.
    fileprivate var object: [UInt8] {
        var json = JSONWriter()
        json.raw("{\"\":null")
        json.sent("version", nonEmpty("version"))
        json.sent("release_start", nonEmpty("release_start"))
        json.sent("title", nonEmpty("title"))
        json.sent("release_end", nonEmpty("release_end"))
        json.sent("description", nonEmpty("description"))
        let platforms = all("platforms").filter { !$0.isEmpty }
        json.sent("platforms", platforms.isEmpty ? nil : platforms.joined(separator: ","))
        json.sent("created_by", nonEmpty("created_by"))
        json.sent("chart_visibility", nonEmpty("chart_visibility"))
        json.raw("}")
        return json.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func sent(_ name: StaticString, _ text: String?) {
        if let text { member(name, text) }
    }
}

private struct SentRelease {
    var version: String
    var start: Timestamp
    var title: String
    var end: Timestamp?
    var description: String
    var platforms: [String]?
    var createdBy: String
    var isShown: Bool

    private static let example =
        "{\"version\":\"2.1.0\",\"release_start\":\"2026-01-01 00:00:00\",\"title\":\"Winter release\"}"
    private static let longest = 1024
    private static let mostPlatforms = 100

    init(parsing body: [UInt8]) throws {
        self = try SentObject.read(body, example: Self.example) { sent in try SentRelease(sent) }
    }

    private init(_ sent: SentObject) throws(Failure) {
        version = try sent.requiredText("version", characters: 1...Self.longest, example: "2.1.0")
        guard let start = try Self.time("release_start", sent) else {
            throw .missing("release_start", example: "\"release_start\":\"2026-01-01 00:00:00\"")
        }
        self.start = start
        title = try sent.requiredText("title", characters: 1...Self.longest, example: "Winter release")
        end = try Self.time("release_end", sent)
        if let end, end < start { throw .member("release_end", "must not lie before release_start.") }
        description =
            try sent.optionalText("description", characters: 0...AnnotationChange.mostBytes, example: "Faster start")
            ?? ""
        platforms = try Self.platforms(sent)
        createdBy =
            try sent.optionalText("created_by", characters: 0...Self.longest, example: "ann@example.com") ?? ""
        isShown = try Self.flag("chart_visibility", sent)
    }

    /// `2026-01-01 00:00:00`, in UTC.
    private static func time(_ name: StaticString, _ sent: SentObject) throws(Failure) -> Timestamp? {
        guard let value = sent.root[name], !value.isNull else { return nil }
        guard let text = value.string, text.count == 19, let time = Timestamp(iso8601: text) else {
            throw .member(name, "must be a moment in UTC, such as \"2026-01-01 00:00:00\".")
        }
        return time
    }

    private static func platforms(_ sent: SentObject) throws(Failure) -> [String]? {
        guard let value = sent.root["platforms"], !value.isNull else { return nil }
        var platforms: [String] = []
        if let text = value.string {
            platforms = text.split(separator: ",").map { String($0.trimmingPrefix(while: \.isWhitespace)) }
        } else if value.kind == .array {
            for element in value.elements {
                guard let text = element.string else {
                    throw .member("platforms", "must be a list of texts, such as [\"iOS\",\"Android\"].")
                }
                platforms.append(text)
            }
        } else {
            throw .member("platforms", "must be a list of texts, such as [\"iOS\",\"Android\"].")
        }
        guard platforms.count <= mostPlatforms, platforms.allSatisfy({ $0.count <= longest && !$0.utf8.contains(0) })
        else {
            throw .member("platforms", "must be at most \(mostPlatforms), of at most \(longest) characters each.")
        }
        return platforms
    }

    /// Also as text, which is all that a query string has.
    private static func flag(_ name: StaticString, _ sent: SentObject) throws(Failure) -> Bool {
        switch sent.root[name]?.string?.lowercased() {
        case "true": true
        case "false": false
        case nil: try sent.flag(name) ?? true
        default: throw .member(name, "must be true or false.")
        }
    }

    /// Without a number.
    func remark(at now: Timestamp) -> Remark {
        Remark(
            id: RemarkID(0),
            time: start,
            end: end,
            label: title,
            details: description.isEmpty ? nil : description,
            release: Release(
                code: ExactText.randomID().string,
                version: version,
                platforms: platforms,
                isShown: isShown,
                createdBy: createdBy
            ),
            createdAt: now,
            changedAt: now
        )
    }
}

extension JSONWriter {
    /// Keys in the order in which Amplitude was recorded to send them; a project has no organization but itself.
    fileprivate mutating func release(_ remark: Remark, _ release: Release, project: Int64) {
        raw("{\"success\":true,\"release\":{\"id\":")
        string(release.code)
        key("app_id")
        integer(project)
        key("org_id")
        integer(project)
        member("version", release.version)
        member("release_start", remark.time.ofRelease)
        member("release_end", remark.end?.ofRelease)
        member("type", "integration")
        member("title", remark.label)
        member("description", remark.details ?? "")
        key("platforms")
        if let platforms = release.platforms { list(platforms) { $0.string($1) } } else { raw("null") }
        key("chart_visibility")
        bool(release.isShown)
        raw(",\"params\":{\"created\":")
        integer(remark.createdAt.milliseconds)
        member("created_by", release.createdBy)
        key("last_modified")
        integer(remark.changedAt.milliseconds)
        member("last_modified_by", release.createdBy)
        raw("}}}")
    }
}

extension Timestamp {
    /// `2026-01-01 00:00:00`.
    fileprivate var ofRelease: String { String(iso8601.dropLast().replacing("T", with: " ")) }
}
