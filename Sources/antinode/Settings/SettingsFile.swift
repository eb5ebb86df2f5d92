import EventModel
import Foundation
import SQLiteFiles

/// The settings file: a JSON object, such as `{"port": 9000}`.
enum SettingsFile {
    /// What it says, as text. A setting that nobody knows is a typing error, so it is refused, as it would have no effect.
    ///
    /// - Parameter mustExist: if not, and it does not, it says nothing.
    static func values(path: String, mustExist: Bool) throws(Complaint) -> [Setting: String] {
        let url = URL(fileURLWithPath: path)
        if !mustExist, !FileManager.default.fileExists(atPath: url.path) { return [:] }
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw Complaint("The settings file \(path) cannot be read: \(reason(of: error)).")
        }
        let members: [String: Value]
        do {
            _ = try JSONSerialization.jsonObject(with: data)
            members = try JSONDecoder().decode([String: Value].self, from: data)
        } catch {
            throw Complaint(
                "The settings file \(path) must be a JSON object of texts, numbers, true and false, such as"
                    + " {\"port\": 9000}: \(detail(error))."
            )
        }
        var values: [Setting: String] = [:]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let setting = Setting(rawValue: name) else { throw Complaint(unknown(name, path)) }
            values[setting] = value.text
        }
        return values
    }

    private static func unknown(_ name: String, _ path: String) -> String {
        let known = Setting.allCases.map(\.rawValue)
        let nearest = nearestNames(to: name, among: known)
        return "The settings file \(path) has the setting \(name.shown()), which is none. "
            + (nearest.isEmpty
                ? "There are: \(known.joined(separator: ", "))."
                : "Did you mean \(nearest.joined(separator: " or "))?")
    }

    private static func detail(_ error: any Error) -> String {
        switch error {
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            context.codingPath.first.map { "\($0.stringValue.shown()) is none of these" } ?? "it is no object"
        default: reason(of: error)
        }
    }

    /// A text, a number, true or false.
    private struct Value: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let flag = try? value.decode(Bool.self) {
                text = String(flag)
            } else if let number = try? value.decode(Int.self) {
                text = String(number)
            } else if let number = try? value.decode(Double.self) {
                text = String(number)
            } else {
                text = try value.decode(String.self)
            }
        }
    }
}
