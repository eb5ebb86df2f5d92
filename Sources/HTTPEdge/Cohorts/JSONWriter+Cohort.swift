public import EventModel
public import Storage

extension JSONWriter {
    /// Keys in the order in which Amplitude was recorded to send them.
    public mutating func cohort(_ cohort: Cohort, project: Int64, tellsSync: Bool = false) {
        raw("{\"appId\":")
        integer(project)
        flag("archived", cohort.isArchived)
        key("definition")
        if let definition = cohort.definition { raw(definition.string) } else { definition(nil) }
        member("description", cohort.description)
        flag("finished", true)
        member("id", cohort.id.string)
        member("name", cohort.name)
        flag("published", cohort.isPublished)
        member("type", "redshift")
        seconds("lastMod", cohort.changedAt)
        seconds("createdAt", cohort.createdAt)
        seconds("lastComputed", cohort.countedAt)
        flag("hidden", false)
        for name: StaticString in ["metadata", "view_count", "popularity", "last_viewed", "chart_id", "edit_id"] {
            null(name)
        }
        flag("is_predictive", false)
        flag("is_official_content", false)
        null("location_id")
        raw(",\"shortcut_ids\":[]")
        null("per_app_metadata")
        null("cohort_definition_type")
        member("cohort_output_type", "UNIQUES")
        flag("is_generated_content", false)
        key("owners")
        list([cohort.owner].compactMap(\.self)) { $0.string($1) }
        raw(",\"viewers\":[]")
        key("size")
        integer(cohort.size)
        if tellsSync { raw(",\"syncMetadata\":[]") }
        raw("}")
    }

    private mutating func seconds(_ name: StaticString, _ time: Timestamp) {
        key(name)
        integer(time.milliseconds / 1000)
    }
}
