/// The description of the server's HTTP surface in the form of OpenAPI 3.1, made from its endpoints and nothing else.
struct OpenAPIDocument {
    let node: JSONNode

    init(_ families: [Family]) {
        var paths: JSONNode = [:]
        for family in families {
            for endpoint in family.endpoints {
                var methods = paths[endpoint.path] ?? [:]
                for method in endpoint.methods {
                    methods[method.rawValue.lowercased()] = endpoint.operation(method, family)
                }
                paths[endpoint.path] = methods
            }
        }
        var schemas: JSONNode = [:]
        for family in families { schemas[family.envelope.name] = family.envelope.schema }
        node = [
            "openapi": "3.1.0",
            "info": [
                "title": "Antinode", "version": "1",
                "description":
                    "Product analytics on a machine of your own. What answers 501 is documented and to come.",
            ],
            "tags": .list(families.map { ["name": .text($0.name), "description": .text($0.summary)] }),
            "paths": paths,
            "components": [
                "schemas": schemas,
                "securitySchemes": [
                    "projectKeys": [
                        "type": "http", "scheme": "basic",
                        "description": "A project's API key as user name, its secret key as password.",
                    ],
                    "bearer": [
                        "type": "http", "scheme": "bearer",
                        "description": "The token of somebody who is signed in, or a program's key.",
                    ],
                    "cookie": [
                        "type": "apiKey", "in": "cookie", "name": .text(Credential.cookieName),
                        "description": "The same token, as a browser has it.",
                    ],
                ],
                "parameters": [
                    "workspace": [
                        "name": "X-Workspace-ID", "in": "header",
                        "description": "Which workspace is asked; a key is of one, and need not name it.",
                        "schema": ["type": "string"], "example": "1",
                    ]
                ],
            ],
        ]
    }
}

extension Endpoint {
    fileprivate func operation(_ method: Method, _ family: Family) -> JSONNode {
        var operation: JSONNode = [
            "operationId": .text(operationID(method)), "tags": [.text(family.name)], "summary": .text(summary),
        ]
        // Where there is no body, a form's fields are in the query string.
        let isSentAsForm = method != .get
        let parameters = parameters.filter { $0.place != .form || !isSentAsForm }
        let workspace: [JSONNode] = isInWorkspace ? [["$ref": "#/components/parameters/workspace"]] : []
        let described = parameters.map(\.openAPI) + workspace
        if !described.isEmpty { operation["parameters"] = .list(described) }
        let fields = self.parameters.filter { $0.place == .form }
        if isSentAsForm, !fields.isEmpty {
            operation["requestBody"] = Self.form(fields)
        } else if let body {
            operation["requestBody"] = [
                "required": true, "description": .text(body.sentence),
                "content": .object([.init(body.contentType, ["schema": [:], "example": body.example])]),
            ]
        }
        let schemes = schemes
        if !schemes.isEmpty { operation["security"] = .list(schemes.map { .object([.init($0, [])]) }) }
        operation["responses"] = responses(family.envelope)
        return operation
    }

    private var isInWorkspace: Bool { if case .role = access { true } else { false } }

    /// What opens it, any of them.
    private var schemes: [String] {
        switch access {
        case .everybody, .keyInBody: []
        case .person, .server: ["bearer", "cookie"]
        case .role: ["projectKeys", "bearer", "cookie"]
        }
    }

    /// `getApi2EventsSegmentation`
    private func operationID(_ method: Method) -> String {
        let words = path.split { !$0.isLetter && !$0.isNumber }
        return method.rawValue.lowercased() + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func form(_ fields: [Parameter]) -> JSONNode {
        var schema: JSONNode = [
            "type": "object",
            "properties": .object(
                fields.map { field in
                    var schema = field.schema
                    schema["description"] = .text(field.sentence)
                    schema["examples"] = [field.value(field.example)]
                    return .init(field.name, schema)
                }
            ),
        ]
        let required = fields.filter(\.isRequired)
        if !required.isEmpty { schema["required"] = .list(required.map { .text($0.name) }) }
        return [
            "required": .bool(!required.isEmpty), "content": ["application/x-www-form-urlencoded": ["schema": schema]],
        ]
    }

    private func responses(_ envelope: Envelope) -> JSONNode {
        func refusal(_ description: String) -> JSONNode {
            let schema: JSONNode = ["$ref": .text("#/components/schemas/\(envelope.name)")]
            return [
                "description": .text(description),
                "content": .object([.init(envelope.contentType, ["schema": schema])]),
            ]
        }
        if !isBuilt { return ["501": refusal("Documented, and to come.")] }
        var done: JSONNode = ["description": "It is done."]
        if success != 204 {
            done["content"] = .object(
                contentTypes.map { .init($0, ["schema": $0.hasPrefix("text/") ? ["type": "string"] : [:]]) }
            )
        }
        var responses: JSONNode = .object([.init("\(success)", done)])
        if !schemes.isEmpty { responses["401"] = refusal("Nobody asks, or nobody who may.") }
        responses["default"] = refusal("It was refused; the sentence says why.")
        return responses
    }
}

extension Parameter {
    fileprivate var openAPI: JSONNode {
        var node: JSONNode = [
            "name": .text(name), "in": place == .path ? "path" : "query", "description": .text(sentence),
        ]
        if isRequired { node["required"] = true }
        node["schema"] = mayRepeat ? ["type": "array", "items": schema] : schema
        node["example"] = mayRepeat ? [value(example)] : value(example)
        return node
    }

    fileprivate var schema: JSONNode {
        var schema: JSONNode =
            switch kind {
            case .text: ["type": "string"]
            case .integer: ["type": "integer"]
            case .number: ["type": "number"]
            case .flag: ["type": "boolean"]
            case .day: ["type": "string", "pattern": "^[0-9]{8}(T[0-9]{2})?$"]
            case .moment: ["type": "string", "format": "date-time"]
            case .choice(let names): ["type": "string", "enum": .list(names.map { .text($0) })]
            case .json: ["type": "string", "contentMediaType": "application/json"]
            }
        if let standard { schema["default"] = value(standard) }
        return schema
    }

    /// A text of the parameter as the JSON value that its schema has.
    fileprivate func value(_ text: String) -> JSONNode {
        switch kind {
        case .integer, .number: Int(text).map { .integer($0) } ?? .text(text)
        case .flag: .bool(text == "true")
        case .text, .day, .moment, .choice, .json: .text(text)
        }
    }
}
