internal import Bytes
internal import Contract
internal import Ledger
internal import Time

struct ClientView: Encodable {
    let client: String
    let name: String
    /// The client's, with all its operations.
    let suspension: SuspensionView?
    /// Operations that are not deleted.
    let operations: Int

    init(_ client: Catalogue.Client, operations: Int, at now: Timestamp) {
        self.client = client.id
        name = client.name
        suspension = client.suspension(at: now).map { SuspensionView($0) }
        self.operations = operations
    }
}

extension ClientView {
    static let shape = Shape.object([
        .required("client", .identifier), .required("name", name),
        .optional(
            "suspension", SuspensionView.shapeOfClient,
            "Of the client with all its operations, those to come too."),
        .required("operations", .count, "Those that are not deleted."), .changed,
    ])
    static let body = Shape.object([.required("name", name)])

    private static let name = TextLimit.name.shape
}
