public import EventModel

/// The part of a project's record that keeps cohorts, their people, and what was downloaded of them. Calls block.
///
/// Members are user keys as they were named; who was merged or deleted since is for whoever asks to tell.
public protocol CohortsRecord: Sendable {
    /// All, archived ones included, in no order.
    func cohorts() throws(ProjectRecordError) -> [Cohort]
    func cohort(_ id: ExactText) throws(ProjectRecordError) -> Cohort?

    /// Keeps a cohort, in the place of the one that has its id, with or without a change of its people.
    ///
    /// - Parameter members: all of them; `nil` leaves those that it has.
    /// - Returns: false if there are ``Cohort/most`` already.
    func save(_ cohort: Cohort, members: UserKeySet?) throws(ProjectRecordError) -> Bool

    /// - Returns: false if there is none of that id.
    func removeCohort(_ id: ExactText) throws(ProjectRecordError) -> Bool

    /// Adds people to a cohort and takes people out of it, in one transaction; who is named in both is out.
    func changeMembers(
        of id: ExactText,
        adding: UserKeySet,
        removing: UserKeySet,
        at time: Timestamp
    ) throws(ProjectRecordError)

    /// Whoever is listed as a member; nobody if there is no such cohort, or a rule says who is in it. Kept in memory for the next question.
    func members(of id: ExactText) throws(ProjectRecordError) -> UserKeySet

    /// The cohorts that are not archived and list one of these members, ascending.
    func cohorts(of users: [UserKey]) throws(ProjectRecordError) -> [ExactText]

    /// Whoever has these ids, in their order; `nil` for nobody.
    func users(withIDs ids: [String]) throws(ProjectRecordError) -> [UserKey?]
    func users(_ ids: [AmplitudeID]) throws(ProjectRecordError) -> [UserKey?]

    /// What is known of these users, in their order; `nil` for nobody.
    func states(of users: [UserKey]) throws(ProjectRecordError) -> [UserState?]

    // MARK: Downloads

    /// Begins a download. All that were asked for before `time` are forgotten.
    func begin(_ download: CohortDownload, forgettingThoseBefore time: Timestamp) throws(ProjectRecordError)
    /// - Parameter number: from 0 on.
    func append(_ part: [UInt8], _ number: Int, to download: ExactText) throws(ProjectRecordError)
    func finishDownload(_ id: ExactText, parts: Int) throws(ProjectRecordError)
    func download(_ id: ExactText) throws(ProjectRecordError) -> CohortDownload?
    /// `nil` if it is forgotten by now.
    func part(_ number: Int, of download: ExactText) throws(ProjectRecordError) -> [UInt8]?
}
