/// What is wrong with a scenario, and where in the file.
struct ScenarioError: Error, Equatable, CustomStringConvertible {
    /// `streams[0].phases[1].rate`
    let path: String
    let reason: String

    var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}
