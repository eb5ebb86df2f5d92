import HTTPEdge
import Ingestion

extension Endpoint {
    /// `POST /identify`: properties of users.
    static func identify(_ enrichment: Enrichment) -> Endpoint {
        eventForm(
            [.post, .get],
            at: "/identify",
            "Sets properties of users.",
            field: Parameter(
                "identification",
                .json,
                in: .form,
                "A user and the properties, or a list of them.",
                example: "{\"user_id\":\"ann@example.com\",\"user_properties\":{\"plan\":\"pro\"}}",
                isRequired: true
            ),
            .identification,
            most: IngestionLimits.identify.events,
            enrichment
        )
    }

    /// `POST /groupidentify`: properties of groups.
    static func groupIdentify(_ enrichment: Enrichment) -> Endpoint {
        eventForm(
            [.post, .get],
            at: "/groupidentify",
            "Sets properties of groups.",
            field: Parameter(
                "identification",
                .json,
                in: .form,
                "A group and the properties, or a list of them.",
                example: "{\"group_type\":\"org\",\"group_value\":\"acme\",\"group_properties\":{\"plan\":\"pro\"}}",
                isRequired: true
            ),
            .groupIdentification,
            most: IngestionLimits.identify.events,
            enrichment
        )
    }
}
