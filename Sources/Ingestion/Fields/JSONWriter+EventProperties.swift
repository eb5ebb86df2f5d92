import EventModel
import JSONTape

extension JSONWriter {
    /// Where that which `write` has written lies.
    mutating func range(_ write: (inout JSONWriter) -> Void) -> TextRange {
        let start = count
        write(&self)
        return TextRange(start..<count)
    }

    /// Writes an event's properties as they are stored, without those that are null.
    ///
    /// - Parameter names: are set to bytes that stand for the list of names; empty if there are no properties.
    /// - Returns: whether any of them may be about money.
    mutating func eventProperties(_ properties: JSONValue, names: inout [UInt8]) -> Bool {
        names.removeAll(keepingCapacity: true)
        var speaksOfMoney = false
        byte(UInt8(ascii: "{"))
        for (key, value) in properties.members where !value.isNull {
            if !names.isEmpty { byte(UInt8(ascii: ",")) }
            key.append(to: &names)
            // No byte of UTF-8 text, so that two lists of names are never taken for one.
            names.append(0xFF)
            if key.count > 0, key.word(at: 0) & 0xFF == UInt64(UInt8(ascii: "$")) { speaksOfMoney = true }
            string(key)
            byte(UInt8(ascii: ":"))
            self.value(value, longestText: PropertyLimits.longestText)
        }
        byte(UInt8(ascii: "}"))
        return speaksOfMoney
    }
}
