/// The answer to a request that asks for a change: what is there now, and whether it changed.
///
/// In JSON the view's own members, and `changed` beside them: false where everything was as asked
/// already, so that whoever resumes what is not suspended learns it.
struct ChangedView<View: Encodable>: Encodable {
    let view: View
    let changed: Bool

    private enum CodingKeys: String, CodingKey {
        case changed
    }

    func encode(to encoder: any Encoder) throws {
        try view.encode(to: encoder)
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(changed, forKey: .changed)
    }
}

extension Shape.Member {
    /// What ``ChangedView`` adds.
    static let changed = Shape.Member.optional(
        "changed", .boolean,
        "In answers to a change: false where everything was as asked already.")
}
