internal import Foundation
internal import Wire

/// What the control side replies, before it is addressed to a connection.
struct ControlReply {
    var route = Route.control
    var status: HTTPStatus
    var contentType = ContentType.json
    var fields = ExtraFields()
    var body: [UInt8]

    /// A view as JSON.
    init(_ view: some Encodable, status: HTTPStatus = .ok) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            body = [UInt8](try encoder.encode(view))
            self.status = status
        } catch {
            // Views are plain strings and numbers; a number that JSON cannot say is our mistake.
            preconditionFailure("a view is not JSON: \(error)")
        }
    }

    init(route: Route, status: HTTPStatus, contentType: ContentType, body: [UInt8]) {
        self.route = route
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}
