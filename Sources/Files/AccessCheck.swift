internal import CLinux
internal import Glibc

/// Who can read or change an open file beside the process, by its mode and its access list.
struct AccessCheck {
    private let status: stat
    /// The entries of its access list; nil where it has none.
    private let list: [Entry]?
    private let user = geteuid()
    private let group = getegid()
    private let groups: Set<gid_t>

    /// One entry of a POSIX access list (acl(5)).
    private struct Entry {
        enum Kind: UInt16 {
            case owner = 0x01
            case user = 0x02
            case owningGroup = 0x04
            case group = 0x08
            case mask = 0x10
            case others = 0x20
        }

        let kind: Kind
        let permissions: UInt16
        let identifier: UInt32
    }

    init(_ file: borrowing File, _ status: stat) {
        self.status = status
        list = Self.list(of: file.descriptor)
        groups = Self.processGroups()
    }

    /// - Throws: ``SecretError`` where others can than the secrecy lets.
    func require(_ secrecy: SecretReader.Secrecy, _ path: String) throws(SecretError) {
        let isShared =
            switch secrecy {
            case .none, .supervisor: false
            case .group: othersMay || groupMayWrite
            case .process: othersMay || groupMayWrite || strangersMay(5)
            }
        guard !isShared else {
            throw SecretError(path, .shared(mode: UInt32(status.st_mode) & 0o7777))
        }
    }

    private var othersMay: Bool { status.st_mode & 0o007 != 0 }

    /// With an access list these bits are its mask: what any group or named user has at most.
    private var groupMayWrite: Bool { status.st_mode & 0o020 != 0 }

    /// Whether somebody has one of these permissions by a group or an access list who need not.
    /// - Parameter permissions: 4 to read, 2 to write, 1 to go into a folder.
    func strangersMay(_ permissions: UInt16) -> Bool {
        guard let list else {
            return status.st_mode & UInt32(permissions) << 3 != 0 && !isOurs(status.st_gid)
        }
        let mask = list.first { $0.kind == .mask }?.permissions ?? 7
        return list.contains { entry in
            guard entry.permissions & mask & permissions != 0 else { return false }
            return switch entry.kind {
            case .user: entry.identifier != user
            case .owningGroup: !isOurs(status.st_gid)
            case .group: !isOurs(entry.identifier)
            case .owner, .mask, .others: false
            }
        }
    }

    /// Whether it is by this group that the process is meant to read the file: one of its own, and
    /// not just the one that each file of its user gets.
    private func isOurs(_ identifier: gid_t) -> Bool {
        groups.contains(identifier) && (status.st_uid != user || identifier != group)
    }

    private static func processGroups() -> Set<gid_t> {
        let count = getgroups(0, nil)
        guard count > 0 else { return [getegid()] }
        var groups = [gid_t](repeating: 0, count: Int(count))
        let found = unsafe getgroups(count, &groups)
        return Set(groups.prefix(Int(max(found, 0)))).union([getegid()])
    }

    private static func list(of descriptor: Int32) -> [Entry]? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe linux_access_list(descriptor, &bytes, bytes.count)
        // No list, or a file system without them. A version and eight bytes for each entry.
        guard count >= 4 else { return nil }
        let word: (Int, Int) -> UInt32 = { at, length in
            (0..<length).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) }
        }
        guard word(0, 4) == 2 else { return nil }
        return stride(from: 4, to: Int(count) - 7, by: 8).compactMap { at in
            Entry.Kind(rawValue: UInt16(word(at, 2))).map {
                Entry(
                    kind: $0, permissions: UInt16(word(at + 2, 2)), identifier: word(at + 4, 4))
            }
        }
    }
}
