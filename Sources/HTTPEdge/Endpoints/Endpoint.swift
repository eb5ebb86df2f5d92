public import EventModel
import Hummingbird

/// One thing that can be asked of the server: everything that routes, the description of the API, saved charts and roles
/// must know of it.
public struct Endpoint: Sendable {
    public enum Method: String, Hashable, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// Who may ask.
    public enum Access: Hashable, Sendable {
        case everybody
        /// Whoever sends a project's API key in the body or a form: the endpoint looks for it itself.
        case keyInBody
        /// Whoever is signed in, whatever the workspace; no keys.
        case person
        /// Whoever is signed in and Platform: what is the whole server's.
        case server
        /// Callers with this role in their project, or a higher one.
        case role(Role)

        public static let viewer = Access.role(.viewer)
        public static let editor = Access.role(.editor)
        public static let admin = Access.role(.admin)
        public static let platform = Access.role(.platform)
    }

    /// A body that is sent, forms aside: their fields are parameters.
    public struct Body: Hashable, Sendable {
        /// What it says, in a sentence.
        public var sentence: String
        public var contentType: String
        public var example: JSONNode

        public init(_ sentence: String, contentType: String = "application/json", example: JSONNode) {
            self.sentence = sentence
            self.contentType = contentType
            self.example = example
        }
    }

    /// GET answers HEAD, too.
    public var methods: [Method]
    /// Parts that vary are written `{name}`, and are parameters.
    public var path: String
    /// What it does, in a sentence.
    public var summary: String
    public var parameters: [Parameter]
    public var body: Body?
    public var access: Access
    /// Of a 200, or of what stands in its place.
    public var contentTypes: [String]
    /// The status of what is done; 200 but for what is made, which is 201, and for what leaves nothing to say, 204.
    public var success: Int
    /// Whether the work is of no use to anybody once the client has gone.
    public var endsWithClient: Bool
    /// How to ask it without a request; `nil` if it is no question.
    public var question: AnyQuestion?
    /// False of what is documented and to come: it answers that.
    public internal(set) var isBuilt = true
    /// Whatever it throws becomes a ``Failure``.
    public var respond: @Sendable (Call) async throws -> Reply

    public init(
        _ methods: Method...,
        at path: String,
        _ summary: String,
        parameters: [Parameter] = [],
        body: Body? = nil,
        access: Access,
        contentTypes: [String] = ["application/json"],
        success: Int = 200,
        endsWithClient: Bool = false,
        respond: @escaping @Sendable (Call) async throws -> Reply
    ) {
        self.methods = methods
        self.path = path
        self.summary = summary
        self.parameters = parameters
        self.body = body
        self.access = access
        self.contentTypes = contentTypes
        self.success = success
        self.endsWithClient = endsWithClient
        self.respond = respond
    }

    /// Something that is documented and to come.
    public static func notBuilt(_ methods: Method..., at path: String, _ summary: String) -> Endpoint {
        let parts = path.split(separator: "/").filter { $0.first == "{" }.map { String($0.dropFirst().dropLast()) }
        var endpoint = Endpoint(
            at: path,
            summary,
            parameters: parts.map { Parameter($0, .text, in: .path, "As the list of them gives it.", example: "1") },
            access: .everybody
        ) { _ in throw Failure.notBuilt(path, summary) }
        endpoint.methods = methods
        endpoint.isBuilt = false
        return endpoint
    }

    /// The methods that its path is routed with.
    var routedMethods: [HTTPRequest.Method] {
        methods.flatMap { $0 == .get ? [.get, .head] : [HTTPRequest.Method($0.rawValue)!] }
    }
}
