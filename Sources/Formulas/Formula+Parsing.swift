extension Formula {
    /// Reads formulas that semicolons separate: at least one, at most ``most``.
    public static func list(parsing text: String) throws(FormulaError) -> [Formula] {
        var parser = FormulaParser(text)
        return try parser.formulas()
    }
}
