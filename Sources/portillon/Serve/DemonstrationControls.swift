import Gateway
import Wire

/// The demonstration's buttons for the curious, at `/controls/` of the admin listener: files of
/// `ops/front-end/controls`. What they do takes the admin token, by the routes that everybody uses.
enum DemonstrationControls {
    static var path: String { "/controls/" }

    /// - Parameters:
    ///   - key: a front-end key of the operation.
    ///   - entries: the public listener, as a browser reaches it: `http://127.0.0.1:8080`.
    static func files(of operation: String, key: String, at entries: String) -> [PublicFile] {
        let settings = JSONValue.object([
            "operation": .string(operation), "key": .string(key), "entries": .string(entries),
        ])
        let prefix = String(path.dropFirst())
        let pages = FrontEnd.all.filter { $0.name.hasPrefix(prefix) }.map { file in
            PublicFile(
                path: file.kind == .page ? path : "/" + file.name, kind: file.kind,
                caching: .revalidated, users: .ownPages, asking: entries, body: file.bytes)
        }
        return pages + [
            PublicFile(
                path: path + "demonstration.json", kind: .json, caching: .never, users: .ownPages,
                body: settings.bytes)
        ]
    }
}
