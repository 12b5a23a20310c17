package import Bytes

/// What a verdict rests on: the rules that found something, with what each saw; bounded, and with
/// no memory of its own.
package struct RobotEvidence: Sendable, BitwiseCopyable {
    /// One rule's finding.
    package struct Item: Sendable, BitwiseCopyable {
        /// The rule, by its place in ``Ruleset/rules``.
        package let rule: UInt16
        /// The tool that is named, by its place in ``Ruleset/tools``; `noTool` for none.
        let toolPlace: UInt16
        /// What the rule weighs, in thousandths.
        package let weight: Int32
        /// Where the request's head shows it; empty where something is missing.
        package let observed: ByteRange

        /// The tool that is named, by its place in ``Ruleset/tools``.
        package var tool: Int? { toolPlace == SignatureHits.noTool ? nil : Int(toolPlace) }
    }

    /// Items that are kept; a request that breaks more rules is as clear without the rest.
    package static var capacity: Int { 8 }

    /// Items kept, the strongest of the signature layer first.
    package private(set) var count = 0
    /// Findings beyond ``capacity``: weighed, and not kept.
    package private(set) var omitted = 0
    private var items = InlineArray<8, Item>(
        repeating: Item(rule: 0, toolPlace: 0, weight: 0, observed: ByteRange()))

    init() {}

    /// - Precondition: `index` is in `0..<count`.
    package subscript(_ index: Int) -> Item {
        precondition(index >= 0 && index < count, "an item that is kept")
        return items[index]
    }

    mutating func append(_ item: Item) {
        guard count < Self.capacity else {
            omitted += 1
            return
        }
        items[count] = item
        count += 1
    }
}
