import Foundation
import Testing

/// Compares a JSON text with `Golden/<name>.json`, both with sorted keys. `UPDATE_GOLDEN=1` writes the file instead; the
/// difference is then read before it is committed.
func expectGolden(_ json: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/\(name).json")
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let text = String(decoding: try JSONSerialization.data(withJSONObject: value, options: options), as: UTF8.self)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
        return
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    #expect(text + "\n" == golden, "\(name)", sourceLocation: sourceLocation)
}
