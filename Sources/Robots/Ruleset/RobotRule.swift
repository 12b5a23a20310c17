/// One rule of a ruleset: what it is called, what it weighs, where it holds.
package struct RobotRule: Equatable, Sendable {
    /// What a rule looks at.
    package enum Layer: UInt8, CaseIterable, Sendable {
        /// Names of tools in the request: may decide alone.
        case signature = 1
        /// Whether the headers fit the browser that they claim to be from: weighs.
        case consistency = 2
        /// The times between entries: weighs.
        case rhythm = 3
        /// What many participants have in common: weighs.
        case cohort = 4

        package var name: String {
            switch self {
            case .signature: "signature"
            case .consistency: "consistency"
            case .rhythm: "rhythm"
            case .cohort: "cohort"
            }
        }
    }

    package let name: String
    package let layer: Layer
    /// The log-likelihood ratio, robots over people, in thousandths of its natural unit; of rhythm
    /// and cohort, the most that what is observed may make it.
    package let weight: Int32
    /// One sentence for operators and for the person concerned (C22).
    package let says: String
    /// What the transport must be for the rule to hold; empty for any.
    package let needs: RobotTransport
}
