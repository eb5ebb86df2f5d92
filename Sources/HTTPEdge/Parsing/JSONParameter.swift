public import JSONTape

/// Parses the JSON of a parameter.
///
/// - Parameter shape: ends the sentence `parameter must be`.
public func withJSON<Result>(
    _ text: String,
    _ parameter: String,
    _ shape: String,
    _ body: (JSONValue) throws(QueryParameterError) -> Result
) throws(QueryParameterError) -> Result {
    do {
        return try JSONDocument.withRoot(of: Array(text.utf8)) { try body($0) }
    } catch let error as QueryParameterError {
        throw error
    } catch {
        throw .malformed(parameter, "\(parameter) must be \(shape)")
    }
}
