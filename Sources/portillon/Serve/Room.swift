import Gateway

/// The pages of the admin listener, from the files of `ops/room`: the operator's room, and the one
/// on which a client gives notice of a campaign.
enum Room {
    /// What belongs to the pages is below `/room/`.
    static var files: [PublicFile] {
        FrontEnd.all.filter { $0.name.hasPrefix("room/") }.map { file in
            PublicFile(
                path: path(of: file), kind: file.kind, caching: .revalidated, users: .ownPages,
                body: file.bytes)
        }
    }

    private static func path(of file: FrontEnd.File) -> String {
        switch file.name {
        case "room/index.html": "/"
        case "room/notice.html": "/notice"
        default: "/" + file.name
        }
    }
}
