import Patterns

/// uap-core's patterns, compiled. Of each kind the first that matches counts.
///
/// Follows the specification of uap-core: a group of the match stands for what the rule leaves open, the first one for
/// the family and the model, the second one for a version.
struct Rules: Sendable {
    private let browsers: [Rule]
    private let systems: [Rule]
    private let devices: [Rule]

    private struct Rule: Sendable {
        var pattern: Pattern
        var family: String
        var major: String
        var brand: String?
        var model: String
    }

    init(_ file: PatternFile) throws(UserAgentError) {
        browsers = try Self.compile(file.browsers)
        systems = try Self.compile(file.systems)
        devices = try Self.compile(file.devices)
    }

    private static func compile(_ rules: [PatternFile.Rule]) throws(UserAgentError) -> [Rule] {
        var compiled: [Rule] = []
        for rule in rules {
            guard let pattern = Pattern(rule.pattern, ignoresCase: rule.ignoresCase ?? false) else {
                throw UserAgentError(
                    message: "The pattern \(rule.pattern) is no regular expression."
                        + " Run `make setup` to make the file of patterns anew."
                )
            }
            compiled.append(
                Rule(
                    pattern: pattern,
                    family: rule.family ?? "$1",
                    major: rule.major ?? "$2",
                    brand: rule.brand,
                    model: rule.model ?? "$1"
                )
            )
        }
        return compiled
    }

    func read(_ text: [UInt8]) -> UserAgent {
        let room = MatchRoom()
        var agent = UserAgent()
        if let (rule, groups) = Self.first(of: browsers, in: text, room) {
            agent.browser = Self.fill(rule.family, groups)
            agent.browserVersion = Self.fill(rule.major, groups)
        }
        if let (rule, groups) = Self.first(of: systems, in: text, room) {
            agent.system = Self.fill(rule.family, groups)
        }
        if let (rule, groups) = Self.first(of: devices, in: text, room) {
            agent.deviceFamily = Self.fill(rule.family, groups)
            agent.deviceBrand = rule.brand.flatMap { Self.fill($0, groups) }
            agent.deviceModel = Self.fill(rule.model, groups)
        }
        return agent
    }

    private static func first(
        of rules: [Rule],
        in text: [UInt8],
        _ room: borrowing MatchRoom
    ) -> (Rule, [String?])? {
        for rule in rules {
            if let groups = rule.pattern.groups(in: text, room) { return (rule, groups) }
        }
        return nil
    }

    /// Puts the groups of a match where a template has `$1`, `$2`.
    static func fill(_ template: String, _ groups: [String?]) -> String? {
        var text = ""
        var rest = template[...]
        while let sign = rest.firstIndex(of: "$") {
            text += rest[..<sign]
            let next = rest.index(after: sign)
            if next < rest.endIndex, let number = rest[next].wholeNumberValue {
                if number > 0, number < groups.count { text += groups[number] ?? "" }
                rest = rest[rest.index(after: next)...]
            } else {
                text += "$"
                rest = rest[next...]
            }
        }
        text += rest
        let trimmed = text.drop { $0.isWhitespace }
        guard let last = trimmed.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        return String(trimmed[...last])
    }
}
