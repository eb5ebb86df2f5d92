/// What a day is when people's returns are counted: a project's choice. Raw value: its word in commands and on disk.
public enum RetentionDays: String, CaseIterable, Sendable {
    /// Windows of 24 hours from the hour of each start.
    case windows = "24h"
    /// Days of the calendar in the project's zone.
    case calendar
}
