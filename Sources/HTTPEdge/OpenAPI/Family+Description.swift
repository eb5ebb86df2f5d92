extension Family {
    /// The description of all other families, and of itself, for programs.
    static func description(of families: [Family]) -> Family {
        var family = Family(
            "Description",
            "What there is.",
            envelope: families[0].envelope,
            allowsAnyOrigin: false,
            endpoints: [.openAPI("")]
        )
        family.endpoints = [.openAPI(OpenAPIDocument(families + [family]).node.text)]
        return family
    }
}

extension Endpoint {
    fileprivate static func openAPI(_ document: String) -> Endpoint {
        Endpoint(
            .get,
            at: "/openapi.json",
            "All endpoints with their parameters, as OpenAPI 3.1.",
            access: .everybody
        ) { _ in .json(document) }
    }
}
