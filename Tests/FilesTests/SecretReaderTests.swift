import Bytes
import Files
import Glibc
import TestSupport
import Testing

@Suite("Secrets are read as secret stores deliver them, and refused where others can read them")
struct SecretReaderTests {
    private let directory = TemporaryDirectory()

    private func file(
        _ bytes: [UInt8], mode: mode_t = 0o600, owner: uid_t? = nil, group: gid_t? = nil,
        name: String = "secret"
    ) throws -> String {
        let path = directory.path(name)
        _ = unsafe unlink(path)
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        try #require(descriptor >= 0)
        #expect(unsafe write(descriptor, bytes, bytes.count) == bytes.count)
        #expect(fchown(descriptor, owner ?? geteuid(), group ?? getegid()) == 0)
        #expect(fchmod(descriptor, mode) == 0)
        close(descriptor)
        return path
    }

    private func word(
        _ path: String, _ secrecy: SecretReader.Secrecy = .process
    ) -> Result<String, SecretError> {
        do throws(SecretError) {
            return .success(try SecretReader.text(path, for: secrecy))
        } catch {
            return .failure(error)
        }
    }

    private func reason(
        _ path: String, _ secrecy: SecretReader.Secrecy = .process
    ) -> SecretError.Reason? {
        if case .failure(let error) = word(path, secrecy) { error.reason } else { nil }
    }

    @Test(
        "line ends of any kind and number, a byte order mark and space around are none of a word",
        arguments: [
            "abc", "abc\n", "abc\r\n", "abc\n\n", "abc\r\n\r\n", "\u{FEFF}abc", "\u{FEFF}abc\r\n",
            "abc \n", " abc", "\nabc\n", "abc\r", "abc\t", "\u{FEFF}\r\nabc\r\n\r\n\r\n",
        ])
    func around(text: String) throws {
        #expect(word(try file(Array(text.utf8))) == .success("abc"))
    }

    @Test("what is no single word is refused")
    func noWord() throws {
        for text in ["", "\n", "\r\n", "\u{FEFF}", " \t\r\n"] {
            #expect(reason(try file(Array(text.utf8))) == .empty)
        }
        for text in ["abc\ndef", "abc def", "abc\r\ndef\r\n", "a\0b"] {
            #expect(reason(try file(Array(text.utf8))) == .severalWords)
        }
        #expect(reason(try file([0xFF, 0xFE, 0x61, 0])) == .sixteenBits)
        #expect(reason(try file([0xFE, 0xFF, 0, 0x61])) == .sixteenBits)
        let long = [UInt8](repeating: 0x61, count: SecretReader.maximumBytes + 1)
        #expect(reason(try file(long)) == .tooLong)
    }

    @Test("pipes, folders, devices and what is not there are told apart, and nothing waits")
    func noFile() throws {
        let pipe = directory.path("pipe")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        for path in [pipe, directory.path, "/dev/zero"] { #expect(reason(path) == .notAFile) }
        #expect(reason(directory.path("none")) == .system("open", ENOENT))
        #expect(SecretReader.isAbsent(directory.path("none")))
    }

    @Test("symbolic links are followed, as Kubernetes makes them; one that leads nowhere is there")
    func links() throws {
        try #require(unsafe mkdir(directory.path("..2026"), 0o755) == 0)
        _ = try file(Array("abc\n".utf8), name: "..2026/key")
        try #require(unsafe symlink("..2026", directory.path("..data")) == 0)
        try #require(unsafe symlink("..data/key", directory.path("key")) == 0)
        #expect(word(directory.path("key")) == .success("abc"))
        try #require(unsafe unlink(directory.path("..data")) == 0)
        #expect(reason(directory.path("key")) == .system("open", ENOENT))
        #expect(!SecretReader.isAbsent(directory.path("key")), "a volume that is not mounted")
    }

    @Test("what others can read or change is refused, whoever owns it")
    func modes() throws {
        for mode: mode_t in [0o400, 0o600, 0o700, 0o500] {
            #expect(reason(try file([0x61], mode: mode)) == nil, "\(String(mode, radix: 8))")
        }
        for mode: mode_t in [
            0o604, 0o602, 0o601, 0o644, 0o444, 0o620, 0o660, 0o666, 0o777, 0o640, 0o440, 0o404,
        ] {
            let path = try file([0x61], mode: mode)
            #expect(reason(path) == .shared(mode: mode), "\(String(mode, radix: 8))")
            #expect(reason(path, .none) == nil)
            #expect(reason(path, .supervisor) == nil)
            let isGroups = mode & 0o027 == 0
            #expect((reason(path, .group) == nil) == isGroups, "\(String(mode, radix: 8))")
        }
    }

    @Test(
        "a group of the process may be how it reads a file; another group may not",
        .enabled(if: geteuid() == 0, "needs root, to give files away"))
    func groups() throws {
        let ours = getegid()
        for mode: mode_t in [0o440, 0o640, 0o040] {
            #expect(reason(try file([0x61], mode: mode, owner: 4_711, group: ours)) == nil)
            #expect(
                reason(try file([0x61], mode: mode, owner: 4_711, group: 4_712))
                    == .shared(mode: mode))
            #expect(
                reason(try file([0x61], mode: mode, owner: 0, group: 4_712)) == .shared(mode: mode))
        }
        for mode: mode_t in [0o460, 0o444, 0o441] {
            #expect(
                reason(try file([0x61], mode: mode, owner: 4_711, group: ours))
                    == .shared(mode: mode))
        }
    }

    @Test("an access list says who: for the process alone it is as good as a mode")
    func accessLists() throws {
        let path = try file([0x61], mode: 0o440)
        /// Version 2, then tag, permissions and identifier of each entry.
        func list(user: uid_t, group: UInt8 = 0) -> [UInt8] {
            func entry(_ tag: UInt8, _ permissions: UInt8, _ identifier: UInt32) -> [UInt8] {
                [tag, 0, permissions, 0] + (0..<4).map { UInt8(identifier >> (8 * $0) & 0xFF) }
            }
            return [2, 0, 0, 0] + entry(0x01, 4, .max) + entry(0x02, 4, user)
                + entry(0x04, group, .max) + entry(0x10, 4, .max) + entry(0x20, 0, .max)
        }
        func set(_ list: [UInt8]) -> Bool { Self.setAccessList(list, of: path) }
        guard set(list(user: geteuid())) else { return }  // no lists on this file system
        #expect(reason(path) == nil)
        #expect(set(list(user: geteuid() + 4_711)))
        #expect(reason(path) == .shared(mode: 0o440))
        #expect(set(list(user: geteuid(), group: 4)))
        #expect(reason(path) == .shared(mode: 0o440), "the owner's own group is for no one")
    }

    /// Swift's Glibc module has no `setxattr`.
    private typealias SetAttribute =
        @convention(c) (
            UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer?, Int, CInt
        ) -> CInt

    private static func setAccessList(_ list: [UInt8], of path: String) -> Bool {
        guard let symbol = unsafe dlsym(nil, "setxattr") else { return false }
        let setAttribute = unsafe unsafeBitCast(symbol, to: SetAttribute.self)
        return unsafe list.withUnsafeBytes { list in
            unsafe path.withCString { path in
                unsafe "system.posix_acl_access".withCString { name in
                    unsafe setAttribute(path, name, list.baseAddress, list.count, 0) == 0
                }
            }
        }
    }
}
