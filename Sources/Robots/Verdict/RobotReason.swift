internal import Bytes

/// One item of evidence in words: for operators, logs and whoever asks why (C22). Not for the entry
/// path.
package struct RobotReason: Equatable, Sendable {
    /// The rule's name, its layer, its sentence.
    package let rule: String
    package let layer: RobotRule.Layer
    package let says: String
    /// In thousandths.
    package let weight: Int32
    /// The tool that is named.
    package let tool: String?
    /// What was seen, at most 64 bytes of it; empty where something is missing.
    package let observed: String

    static var observedBytes: Int { 64 }
}

extension Ruleset {
    /// What an item of a verdict by this ruleset says.
    /// - Parameter head: the bytes that were judged, unchanged.
    package func reason(_ item: RobotEvidence.Item, in head: RawSpan) -> RobotReason {
        let rule = rules[Int(item.rule)]
        let range = item.observed.range
        let end = min(range.upperBound, range.lowerBound + RobotReason.observedBytes)
        return RobotReason(
            rule: rule.name, layer: rule.layer, says: rule.says, weight: item.weight,
            tool: item.tool.map { tools[$0] },
            observed: head.extracting(range.lowerBound..<end).text)
    }
}
