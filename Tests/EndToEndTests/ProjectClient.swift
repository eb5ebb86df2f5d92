import Foundation
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A project of a running server, as its clients see it.
struct ProjectClient {
    let address: String
    let keys: ProjectKeys

    private static let session = URLSession(configuration: .ephemeral)

    /// Sends events; the answer may be a refusal.
    func send(_ events: [SentEvent]) async throws -> HTTPAnswer {
        try await send(events, to: "/2/httpapi")
    }

    func send(_ events: [some Encodable], to path: String) async throws -> HTTPAnswer {
        var request = URLRequest(url: try #require(URL(string: address + path)))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        request.httpBody = try encoder.encode(IngestionRequest(apiKey: keys.apiKey, events: events))
        return try await answer(to: request)
    }

    /// Whether an event of that type was ever stored.
    func knows(_ eventType: String) async throws -> Bool {
        var url = URLComponents()
        url.path = "/api/2/events/segmentation"
        url.queryItems = [
            URLQueryItem(name: "e", value: #"{"event_type":"\#(eventType)"}"#),
            URLQueryItem(name: "start", value: "20240301"), URLQueryItem(name: "end", value: "20240301"),
        ]
        let answer = try await answer(to: request(try #require(url.string)))
        return answer.status == 200
    }

    /// Asks `events/segmentation` a question that must be answered.
    ///
    /// - Parameters:
    ///   - e: the event, as JSON.
    ///   - days: first and last, written `YYYYMMDD-YYYYMMDD`.
    func chart(_ e: String, m: String, days: String) async throws -> Chart {
        let range = days.split(separator: "-")
        var url = URLComponents()
        url.path = "/api/2/events/segmentation"
        url.queryItems = [
            URLQueryItem(name: "e", value: e), URLQueryItem(name: "m", value: m),
            URLQueryItem(name: "start", value: String(range[0])), URLQueryItem(name: "end", value: String(range[1])),
            URLQueryItem(name: "limit", value: "1000"),
        ]
        let answer = try await answer(to: request(try #require(url.string)))
        try #require(answer.status == 200, "\(e) \(m): \(answer.text)")
        return try answer.chart()
    }

    /// Asks anything with both keys; the answer may be a refusal.
    func ask(_ path: String, method: String = "GET", body: String = "") async throws -> HTTPAnswer {
        var request = try request(path)
        request.httpMethod = method
        if !body.isEmpty { request.httpBody = Data(body.utf8) }
        return try await answer(to: request)
    }

    /// Where all events have gone that ever came in.
    func ledger() async throws -> Ledger {
        let answer = try await answer(to: request("/api/v1/ledger"))
        try #require(answer.status == 200, "\(answer.text)")
        return try JSONDecoder().decode(LedgerAnswer.self, from: answer.body).data.total
    }

    /// A question, with the keys.
    private func request(_ path: String) throws -> URLRequest {
        var request = URLRequest(url: try #require(URL(string: address + path)))
        let credentials = Data("\(keys.apiKey):\(keys.secretKey)".utf8).base64EncodedString()
        request.setValue("Basic \(credentials)", forHTTPHeaderField: "Authorization")
        return request
    }

    /// On Linux, Foundation 6.3 waits for ever at a 401, whatever the request's own time limit: then this throws.
    private func answer(to request: URLRequest) async throws -> HTTPAnswer {
        try await within(.seconds(20), "an answer to \(request.url?.path ?? "a request")") {
            let (body, response) = try await Self.session.data(for: request)
            return HTTPAnswer(status: try #require(response as? HTTPURLResponse).statusCode, body: body)
        }
    }
}

/// Events by what became of them.
struct Ledger: Decodable, Equatable {
    var received = 0
    var stored = 0
    var duplicate = 0
    var rejected = 0
}

private struct LedgerAnswer: Decodable {
    struct Content: Decodable {
        var total: Ledger
    }

    var data: Content
}

struct SentEvent: Encodable {
    var userID: String
    var eventType: String
    var insertID: String?
    /// Milliseconds since 1970; without it the server takes its own clock.
    var time: Int64?
    var eventProperties: [String: String] = [:]
    var ip: String?
    var userAgent: String?
    var deviceModel: String?
    var country: String?
}

private struct IngestionRequest<Event: Encodable>: Encodable {
    var apiKey: String
    var events: [Event]
}

struct HTTPAnswer {
    var status: Int
    var body: Data

    var text: String { String(decoding: body, as: UTF8.self) }

    func chart() throws -> Chart { try JSONDecoder().decode(Chart.self, from: body) }
}
