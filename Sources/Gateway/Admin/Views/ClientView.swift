internal import Bytes
internal import Contract
internal import Ledger
internal import Time

struct ClientView: Encodable {
    let client: String
    let name: String
}

extension ClientView {
    static let shape = Shape.object([
        .required("client", .identifier), .required("name", name), .changed,
    ])
    static let body = Shape.object([.required("name", name)])

    private static let name = TextLimit.name.shape
}
