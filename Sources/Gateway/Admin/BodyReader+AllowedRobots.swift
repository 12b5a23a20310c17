internal import Robots

/// The setting of robots that an operation lets in.
extension BodyReader {
    /// Names of robots whose keys are pinned. A name that the operation has already stays: the
    /// rules may be others by now, and other settings change all the same.
    mutating func allowedRobots(pinned: [PinnedRobot], current: [String]) -> [String] {
        let names = strings("allowed_robots")
        for (index, name) in names.enumerated()
        where !current.contains(name) && !pinned.contains(where: { $0.name == name }) {
            addError(
                "allowed_robots/\(index)",
                "Must be a robot whose key the ruleset pins; the operator adds it there first.")
        }
        return names
    }
}
