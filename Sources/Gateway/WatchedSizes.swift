internal import Files

/// The lengths of a folder's files. One that is shorter than it was has lost what it held.
///
/// A few files are looked at each time, in turn, whatever the folder's own dates say: a cut changes
/// no name.
struct WatchedSizes: Sendable {
    private let folder: String
    /// Whether a file may be replaced by a shorter one, if not by an empty one: a key file is, when
    /// it takes fewer nodes to say what is left of its tree.
    private let mayShrink: Bool
    private var names: [String] = []
    private var known: [String: Seen] = [:]
    /// The name that is looked at next.
    private var next = 0
    /// How often the names were listed.
    private var listings = 0

    /// A file as it was at the last look at it.
    private struct Seen {
        var file: FileIdentity
        /// The listing that it was seen behind.
        var listing: Int
    }

    /// Files that are looked at in one turn.
    static var filesInTurn: Int { 64 }

    init(_ folder: String, mayShrink: Bool) {
        self.folder = folder
        self.mayShrink = mayShrink
    }

    /// Takes these files in, with the lengths that new ones have now, and forgets all others.
    mutating func list(_ found: [String]) throws(FileError) {
        listings += 1
        var kept: [String: Seen] = [:]
        kept.reserveCapacity(found.count)
        for name in found {
            if let seen = known[name] {
                kept[name] = seen
            } else if let file = try FileIdentity(folder + "/" + name) {
                kept[name] = Seen(file: file, listing: listings)
            }
        }
        (names, known) = (found, kept)
    }

    /// Looks at the next few files.
    /// - Parameter isNeeded: whether a start needs the file; asked of one that is too short.
    /// - Returns: the first that was cut, as a sentence's end; nil where none was.
    mutating func finding(_ isNeeded: (String) -> Bool) throws(FileError) -> String? {
        for _ in 0..<min(names.count, Self.filesInTurn) {
            if next >= names.count { next = 0 }
            let name = names[next]
            next += 1
            let path = folder + "/" + name
            guard let now = try FileIdentity(path) else { continue }
            let seen = known[name] ?? Seen(file: now, listing: listings)
            // Where names have changed since, another file may even have the number of the first.
            let mayBeAnother = now != seen.file || seen.listing != listings
            let before = seen.file.lengthBytes
            // None of them is ever empty, whenever it was cut.
            let least = mayShrink && mayBeAnother ? 1 : max(before, 1)
            if now.lengthBytes >= least {
                if mayBeAnother || now.lengthBytes != before {
                    known[name] = Seen(file: now, listing: listings)
                }
            } else if isNeeded(name) {
                return before > now.lengthBytes
                    ? "\(path) was cut to \(now.lengthBytes) of \(before) bytes"
                    : "\(path) was cut: it is empty"
            }
        }
        return nil
    }
}
