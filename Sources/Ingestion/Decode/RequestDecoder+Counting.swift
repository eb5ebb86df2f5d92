import JSONTape

extension RequestDecoder {
    /// How many events the JSON in a form's field stands for, good and bad: one object, or a list. 0 if it is no JSON.
    ///
    /// For forms that are refused: those that are taken need no second look.
    public static func eventCount(inForm json: String) -> Int {
        let count = try? JSONDocument.withRoot(of: Array(json.utf8)) { root in
            root.kind == .array ? root.elements.count { _ in true } : 1
        }
        return count ?? 0
    }
}
