public import EventModel
public import Hummingbird

/// What an endpoint answers.
public struct Reply: Sendable {
    public enum Body: Sendable {
        case bytes(ByteBuffer)
        /// Written as it comes to be.
        case stream(ResponseBody)
    }

    public var status: HTTPResponse.Status
    public var headers: HTTPFields
    public var body: Body

    public init(status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], contentType: String?, body: Body) {
        self.status = status
        self.headers = headers
        self.headers[.contentType] = contentType
        self.body = body
    }

    public static func json(_ text: String, status: HTTPResponse.Status = .ok) -> Reply {
        Reply(status: status, contentType: "application/json", body: .bytes(ByteBuffer(string: text)))
    }

    public static func json(_ json: borrowing JSONWriter, status: HTTPResponse.Status = .ok) -> Reply {
        Reply(status: status, contentType: "application/json", body: .bytes(ByteBuffer(bytes: json.bytes)))
    }

    public static func text(
        _ text: String,
        status: HTTPResponse.Status = .ok,
        contentType: String = "text/plain"
    ) -> Reply {
        Reply(status: status, contentType: contentType, body: .bytes(ByteBuffer(string: text)))
    }

    /// It is done, and there is nothing to say.
    public static let noContent = Reply(status: .noContent, contentType: nil, body: .bytes(ByteBuffer()))
}
