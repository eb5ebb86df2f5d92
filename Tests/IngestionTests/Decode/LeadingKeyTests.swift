import Ingestion
import Testing

@Suite struct LeadingKeyTests {
    @Test(
        "the key of a body that begins with it",
        arguments: [
            (#"{"api_key":"abc","events":["#, "abc"), (" \n{\t\"api_key\" : \"abc\"", "abc"),
            ("\u{FEFF}{\"api_key\":\"abc\"}", "abc"), (#"{"api_key":"ab"#, nil),
            (#"{"events":[],"api_key":"abc"}"#, nil),
            (#"{"api_key":"a\u0062c"}"#, nil), (#"{"api_key":""}"#, nil), (#"{"api_key":5}"#, nil),
            (#"["api_key","abc"]"#, nil), (#"{"api_keys":"abc"}"#, nil), ("", nil),
        ] as [(String, String?)]
    )
    func key(body: String, key: String?) {
        #expect(RequestDecoder.leadingAPIKey(Array(body.utf8)) == key)
    }
}
