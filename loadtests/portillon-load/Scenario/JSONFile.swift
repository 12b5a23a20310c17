import Foundation
import Wire

/// A JSON file, read with an error that names it.
enum JSONFile {
    static func read(_ url: URL) throws(ScenarioError) -> JSONValue {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw ScenarioError(path: url.path, reason: "cannot be read")
        }
        do throws(JSONReadingError) {
            return try JSONValue([UInt8](data))
        } catch {
            throw ScenarioError(path: url.path, reason: "is \(error)")
        }
    }
}
