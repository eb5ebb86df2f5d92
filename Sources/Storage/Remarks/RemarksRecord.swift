/// The part of a project's record that keeps remarks and their categories. Calls block.
public protocol RemarksRecord: Sendable {
    /// All, by number.
    func remarks() throws(ProjectRecordError) -> [Remark]
    /// `nil` if there is none of that number.
    func remark(_ id: RemarkID) throws(ProjectRecordError) -> Remark?

    /// Keeps a remark under a number that is given here.
    ///
    /// - Returns: `nil` if there are ``Remark/most`` already.
    func add(_ remark: Remark) throws(ProjectRecordError) -> Remark?

    /// Changes a remark: one change at a time.
    ///
    /// - Parameter change: if it throws, nothing has changed.
    /// - Returns: as it is now; `nil` if there is none of that number.
    func changeRemark(
        _ id: RemarkID,
        _ change: (inout Remark) throws -> Void
    ) throws -> Remark?

    /// - Returns: false if there is none of that number.
    func removeRemark(_ id: RemarkID) throws(ProjectRecordError) -> Bool

    /// All, by number; the first is that of remarks without one.
    func remarkCategories() throws(ProjectRecordError) -> [Named<RemarkCategoryID>]

    /// - Returns: `nil` if there is one of that name.
    func addRemarkCategory(named name: String) throws(ProjectRecordError) -> RemarkCategoryID?

    /// - Returns: false if another one has that name.
    func renameRemarkCategory(_ id: RemarkCategoryID, to name: String) throws(ProjectRecordError) -> Bool

    /// Removes a category; its remarks have none then.
    func removeRemarkCategory(_ id: RemarkCategoryID) throws(ProjectRecordError)
}
