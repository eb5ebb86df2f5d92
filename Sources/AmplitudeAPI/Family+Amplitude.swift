public import HTTPEdge
public import Ingestion

extension Family {
    /// Amplitude's HTTP surface: request to batch or typed query, answer to Amplitude's JSON. The Dashboard API comes first:
    /// it answers for paths that nobody knows.
    ///
    /// - Parameters:
    ///   - limits: Amplitude's if left out.
    ///   - enrichment: what the server adds to what events say of themselves.
    public static func amplitude(
        limits: RequestLimits = RequestLimits(),
        enrichment: Enrichment = .none
    ) -> [Family] {
        [.dashboard, .taxonomy, .lookups, .userProfiles, .ingestion(limits, enrichment), .eventForms(enrichment)]
    }

    private static let dashboard = Family(
        "Dashboard",
        "Questions about events and people.",
        envelope: .dashboard,
        allowsAnyOrigin: false,
        endpoints: [
            .segmentation, .activeUsers, .composition, .realtime, .revenueByDay, .lifetimeValue, .funnels, .retention,
            .sessionLengths, .sessionAverage, .sessionsPerUser, .userSearch, .userActivity, .userMappings, .eventList,
            .export, .requestData, .dataRequest, .dataOutput, .deletePeople, .deletions, .cancelDeletion,
            .createAnnotation, .annotations, .annotation, .changeAnnotation, .deleteAnnotation,
            .createAnnotationCategory, .annotationCategories, .annotationCategory, .renameAnnotationCategory,
            .deleteAnnotationCategory, .fillAnnotationCategory, .createDayAnnotation, .dayAnnotations, .dayAnnotation,
            .createRelease,
            .cohorts, .createCohort, .cohort, .cohortInfo, .changeCohort, .deleteCohort, .uploadCohort,
            .changeCohortMembers, .requestCohort, .cohortRequestStatus, .cohortFile, .chartQuery, .chartTable,
        ]
    )

    private static let taxonomy = Family(
        "Taxonomy",
        "What a project says of its event types and properties.",
        envelope: .taxonomy,
        allowsAnyOrigin: false,
        endpoints: [
            .createCategory, .categories, .category, .renameCategory, .deleteCategory, .createEventType, .eventTypes,
            .eventType, .updateEventType, .deleteEventType, .restoreEventType,
        ] + .plannedProperties + [.planFindings, .forgetPlanFindings]
    )

    private static let lookups = Family(
        "Lookup tables",
        "Tables that say more of the values of a property.",
        prefixes: ["/api/3/lookup_table", "/api/2/lookup_table"],
        envelope: .lookups,
        allowsAnyOrigin: false,
        endpoints: .lookupTables + .firstLookupTables
    )

    private static let userProfiles = Family(
        "User profiles",
        "Who somebody is, for an application to adapt to.",
        envelope: .userProfile,
        allowsAnyOrigin: false,
        endpoints: [.userProfile]
    )

    private static func ingestion(_ limits: RequestLimits, _ enrichment: Enrichment) -> Family {
        Family(
            "Events",
            "The way in, as JSON.",
            envelope: .ingestion,
            allowsAnyOrigin: true,
            endpoints: [
                .events(at: "/2/httpapi", "Takes events.", .httpV2, limits.httpV2, enrichment),
                .events(at: "/2/httpapi/delayed", "Takes events that can wait.", .httpV2, limits.httpV2, enrichment),
                .events(at: "/batch", "Takes many events at a time.", .batch, limits.batch, enrichment),
            ]
        )
    }

    private static func eventForms(_ enrichment: Enrichment) -> Family {
        Family(
            "Event forms",
            "The way in, as forms, which are answered with a word.",
            envelope: .plainText,
            allowsAnyOrigin: true,
            endpoints: [
                .identify(enrichment), .groupIdentify(enrichment), .userMap, .httpV1(enrichment),
                .firstSDKs(enrichment),
            ]
        )
    }
}
