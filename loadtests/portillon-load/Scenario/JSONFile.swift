import Files
import Foundation
import Wire

/// A JSON file, read with an error that names it.
enum JSONFile {
    static func read(_ url: URL) throws(ScenarioError) -> JSONValue {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try WholeFile.read(url.path, atMost: WholeFile.settingsBytes)
        } catch {
            throw ScenarioError(path: url.path, reason: "cannot be read: \(error.reason)")
        }
        do throws(JSONReadingError) {
            return try JSONValue(bytes)
        } catch {
            throw ScenarioError(path: url.path, reason: "is \(error)")
        }
    }
}
