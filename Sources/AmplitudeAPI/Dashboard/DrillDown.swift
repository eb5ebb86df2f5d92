import EventModel
import HTTPEdge
import QueryModel

/// Asks for the users of one cell of the answer, which `drill` names by its place there.
struct DrillDown: Sendable {
    /// The most users on one page.
    private static var mostUsers: Int { 10_000 }

    var cell: AnswerCell
    /// Who was the last on the page before; `nil` for the first page.
    var after: AmplitudeID?
    /// The most users on the page.
    var limit: Int

    /// `nil` unless `drill` is sent.
    ///
    /// - Parameter question: whose answer has the cell.
    init?(parsing query: SentParameters, of question: Question) throws(QueryParameterError) {
        guard let text = query.nonEmpty("drill") else {
            for name in ["drillLimit", "drillAfter"] where query.nonEmpty(name) != nil {
                throw QueryParameterError(
                    .missing,
                    "drill",
                    "\(name) needs drill, such as drill=\(question.cellType.example)"
                )
            }
            return nil
        }
        cell = try withJSON(text, "drill", question.cellType.shape) { (json) throws(QueryParameterError) in
            try AnswerCell(json, of: question, "drill")
        }
        after = try query.number("drillAfter", 0...Int.max).map { AmplitudeID(Int64($0)) }
        limit = try query.number("drillLimit", 1...Self.mostUsers) ?? UserPage.first.limit
    }
}

extension SentParameters {
    fileprivate func number(_ name: String, _ valid: ClosedRange<Int>) throws(QueryParameterError) -> Int? {
        guard let text = nonEmpty(name) else { return nil }
        guard let number = Int(text), valid.contains(number) else {
            throw QueryParameterError(
                .outOfRange,
                name,
                "\(name) must be a whole number from \(valid.lowerBound) to \(valid.upperBound), such as \(name)=100"
            )
        }
        return number
    }
}
