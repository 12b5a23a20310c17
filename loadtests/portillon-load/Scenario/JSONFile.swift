import Foundation

/// A JSON file, read with an error that names it.
enum JSONFile {
    static func read(_ url: URL) throws(ScenarioError) -> JSON {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw ScenarioError(path: url.path, reason: "cannot be read")
        }
        do {
            return try JSONDecoder().decode(JSON.self, from: data)
        } catch {
            throw ScenarioError(path: url.path, reason: "is not JSON")
        }
    }
}
