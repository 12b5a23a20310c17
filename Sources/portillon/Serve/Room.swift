import Gateway

/// The operator's room: the page at `/` of the admin listener, from the files of `ops/room`.
enum Room {
    /// The page itself is at `/`, what belongs to it below `/room/`.
    static var files: [PublicFile] {
        FrontEnd.all.filter { $0.name.hasPrefix("room/") }.map { file in
            PublicFile(
                path: file.name == "room/index.html" ? "/" : "/" + file.name, kind: file.kind,
                caching: .revalidated, users: .ownPages, body: file.bytes)
        }
    }
}
