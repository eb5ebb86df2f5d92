import Foundation
import Hummingbird
import Testing

@testable import HTTPEdge

@Suite struct OpenAPITests {
    @Test("every endpoint stands in it, itself too; what is not built has a 501 as its only answer")
    func endpoints() async throws {
        try await withMadeUpServer { client in
            let answer = try await client.ask(.get, "/openapi.json")
            #expect(answer.status == 200)
            #expect(answer.headers[.accessControlAllowOrigin] == nil)
            let document = try JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [String: Any]
            let paths = try #require(document?["paths"] as? [String: [String: [String: Any]]])
            let operations = paths.flatMap { path, methods in methods.keys.map { "\($0) \(path)" } }.sorted()
            #expect(
                operations == [
                    "get /open/both", "get /open/keys", "get /open/later/{thing}", "get /open/long", "get /open/short",
                    "get /open/surprise", "get /open/things/{thing}", "get /openapi.json", "post /open/both",
                    "put /closed/thing",
                ]
            )
            func codes(_ path: String) -> [String]? {
                (paths[path]?["get"]?["responses"] as? [String: Any])?.keys.sorted()
            }
            #expect(codes("/open/later/{thing}") == ["501"])
            #expect(codes("/open/short") == ["200", "default"])
            #expect(codes("/open/keys") == ["200", "401", "default"])
            let ids = paths.values.flatMap { $0.values.compactMap { $0["operationId"] as? String } }
            #expect(Set(ids).count == operations.count)
        }
    }

    @Test("parameters: a part of the path, and one with a default")
    func parameters() {
        let node = OpenAPIDocument(.madeUp).node["paths"]?["/open/things/{thing}"]?["get"]?["parameters"]
        #expect(
            node == [
                [
                    "name": "thing", "in": "path", "description": "Its name.", "required": true,
                    "schema": ["type": "string"], "example": "a",
                ],
                [
                    "name": "color", "in": "query", "description": "Its color.",
                    "schema": ["type": "string", "enum": ["red"], "default": "red"], "example": "red",
                ],
            ]
        )
    }

    @Test("a form's fields are a body, or parameters where there is none; what may repeat is a list")
    func forms() {
        let endpoint = Endpoint(
            .get,
            .post,
            at: "/form",
            "A form.",
            parameters: [
                Parameter("a", .integer, in: .form, "A.", standard: "3", example: "5", isRequired: true),
                Parameter("b", .flag, in: .form, "B.", example: "true"),
                Parameter("s", .json, "S.", example: "[]", mayRepeat: true),
            ],
            access: .everybody
        ) { _ in .noContent }
        let family = Family("F", "F.", envelope: .madeUp("f"), allowsAnyOrigin: true, endpoints: [endpoint])
        let path = OpenAPIDocument([family]).node["paths"]?["/form"]
        #expect(
            path?["post"]?["requestBody"] == [
                "required": true,
                "content": [
                    "application/x-www-form-urlencoded": [
                        "schema": [
                            "type": "object",
                            "properties": [
                                "a": ["type": "integer", "default": 3, "description": "A.", "examples": [5]],
                                "b": ["type": "boolean", "description": "B.", "examples": [true]],
                            ],
                            "required": ["a"],
                        ]
                    ]
                ],
            ]
        )
        let repeated: JSONNode = [
            "name": "s", "in": "query", "description": "S.",
            "schema": ["type": "array", "items": ["type": "string", "contentMediaType": "application/json"]],
            "example": ["[]"],
        ]
        #expect(path?["post"]?["parameters"] == [repeated])
        guard case .list(let all) = path?["get"]?["parameters"] else { return #expect(Bool(false)) }
        #expect(all.map { $0["name"] } == ["a", "b", "s"] && path?["get"]?["requestBody"] == nil)
    }

    @Test("what opens an endpoint stands with it, and where a workspace is named")
    func security() {
        let endpoints = [
            ("/all", Endpoint.Access.everybody), ("/person", .person), ("/server", .server), ("/role", .viewer),
        ].map { path, access in Endpoint(.get, at: path, "S.", access: access) { _ in .noContent } }
        let family = Family("F", "F.", envelope: .madeUp("f"), allowsAnyOrigin: false, endpoints: endpoints)
        let paths = OpenAPIDocument([family]).node["paths"]
        func operation(_ path: String) -> JSONNode? { paths?[path]?["get"] }
        #expect(operation("/all")?["security"] == nil && operation("/all")?["responses"]?["401"] == nil)
        for path in ["/person", "/server"] {
            #expect(operation(path)?["security"] == [["bearer": []], ["cookie": []]])
            #expect(operation(path)?["responses"]?["401"] != nil && operation(path)?["parameters"] == nil)
        }
        #expect(operation("/role")?["security"] == [["projectKeys": []], ["bearer": []], ["cookie": []]])
        #expect(operation("/role")?["parameters"] == [["$ref": "#/components/parameters/workspace"]])
    }

    @Test("JSON is written as it stands")
    func json() {
        var node: JSONNode = ["a": [1, "x\"", true, .null], "b": [:]]
        node["b"] = ["c": []]
        node["d"] = 5
        node["a"] = nil
        #expect(node.text == #"{"b":{"c":[]},"d":5}"#)
        #expect(JSONNode.list([1, "x\"", true, .null]).text == #"[1,"x\"",true,null]"#)
    }
}
