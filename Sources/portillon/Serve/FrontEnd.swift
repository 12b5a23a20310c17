import Bytes
import CFrontEnd
import Cryptography
import Gateway
import Wire

/// The files of `ops/front-end` and `ops/room`, as they were when the program was built, and how
/// the first are served: the kit under `/kit/`, the demonstration game under `/demo/`.
enum FrontEnd {
    struct File {
        /// Its path below `ops/front-end`; of the operator's room, below `ops`.
        let name: String
        let bytes: [UInt8]

        var kind: PublicFile.Kind {
            switch name.split(separator: ".").last {
            case "html": .page
            case "css": .style
            case "svg": .picture
            // TypeScript's declarations are for programmers.
            case "js": .script
            default: .text
            }
        }
    }

    static let all: [File] = (0..<front_end_count()).map { index in
        // `unsafe`: constants of the program: a name that ends with a zero byte, and as many bytes
        // as it says.
        let name = unsafe String(cString: front_end_name(index))
        let bytes = unsafe UnsafeBufferPointer(
            start: front_end_bytes(index), count: Int(front_end_length(index)))
        return File(name: name, bytes: unsafe [UInt8](bytes))
    }

    private static var kitFiles: [File] { all.filter { !$0.name.contains("/") } }

    // MARK: The kit

    /// The kit's files, each at a path that never has another content and at one that stays the
    /// same, and `/kit/`, which says where and what they are.
    static var kit: [PublicFile] {
        let version = Self.version(of: kitFiles)
        let fixed = kitFiles.map { file in
            PublicFile(
                path: "/kit/\(version)/\(file.name)", kind: file.kind, caching: .forever,
                body: file.bytes)
        }
        let current = kitFiles.map { file in
            PublicFile(
                path: "/kit/\(file.name)", kind: file.kind, caching: .revalidated, body: file.bytes)
        }
        let list = PublicFile(
            path: "/kit/", kind: .json, caching: .revalidated, body: index(of: fixed, version))
        return fixed + current + [list]
    }

    /// 16 hexadecimal digits that follow from every name and byte.
    private static func version(of files: [File]) -> String {
        var hash = SHA256()
        hash.begin()
        for file in files {
            // A length before each part, so that no two lists have the same bytes.
            "\(file.name) \(file.bytes.count)\n".withBytes { hash.update($0) }
            file.bytes.withBytes { hash.update($0) }
        }
        return String(hash.end().hexadecimal.prefix(16))
    }

    /// The version, and by each file's name its path, its length as it is and compressed, and its
    /// `integrity` as a page's elements take it (Subresource Integrity, W3C 2016).
    private static func index(of files: [PublicFile], _ version: String) -> [UInt8] {
        var members: [String: JSONValue] = [:]
        for file in files {
            members[String(file.path.split(separator: "/").last ?? "")] = .object([
                "path": .string(file.path), "integrity": .string(integrity(of: file.body)),
                "bytes": .integer(file.body.count),
                "gzip_bytes": .integer((file.compressed ?? file.body).count),
            ])
        }
        return JSONValue.object(["version": .string(version), "files": .object(members)]).bytes
    }

    private static func integrity(of bytes: [UInt8]) -> String {
        var hash = SHA256()
        hash.begin()
        bytes.withBytes { hash.update($0) }
        let digest = hash.end()
        var text = ByteBuffer(capacity: 64)
        text.append("sha256-" as StaticString)
        text.append(base64: digest.bytes)
        return text.text
    }

    // MARK: The demonstration game

    /// The game's files; the page itself is at `/demo/`, and at `/demo`.
    /// - Parameter key: a front-end key of the operation, as a page may hold it.
    static func demonstration(of operation: String, key: String) -> [PublicFile] {
        let files = all.filter { $0.name.hasPrefix("demo/") }
        let settings = JSONValue.object(["operation": .string(operation), "key": .string(key)])
        return files.flatMap { file in
            paths(of: file).map {
                PublicFile(path: $0, kind: file.kind, caching: .revalidated, body: file.bytes)
            }
        } + [
            PublicFile(
                path: "/demo/game.json", kind: .json, caching: .never, body: settings.bytes)
        ]
    }

    private static func paths(of file: File) -> [String] {
        file.name == "demo/index.html" ? ["/demo/", "/demo"] : ["/" + file.name]
    }
}
