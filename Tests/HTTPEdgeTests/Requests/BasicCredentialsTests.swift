import Foundation
import Testing

@testable import HTTPEdge

@Suite("Basic credentials")
struct BasicCredentialsTests {
    private static let sent = Data("key:se:cret".utf8).base64EncodedString()

    @Test(
        "name and password, whatever blanks and case, and behind a stray =",
        arguments: ["Basic \(sent)", "basic  \(sent) ", "Basic =\(sent)", "Basic = \(sent)"]
    )
    func taken(header: String) {
        let credentials = BasicCredentials(header)
        #expect(credentials?.name == "key" && credentials?.password == "se:cret")
    }

    @Test(
        "anything else is none",
        arguments: [
            nil, "", "Basic", "Basic =", "Basic ==\(sent)", "Basic key:secret", "Bearer \(sent)",
            "Basic \(Data("key".utf8).base64EncodedString())",
        ]
    )
    func refused(header: String?) {
        #expect(BasicCredentials(header) == nil)
    }
}
