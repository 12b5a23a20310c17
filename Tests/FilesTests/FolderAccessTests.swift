import Files
import Glibc
import TestSupport
import Testing

@Suite("What others may do in a folder")
struct FolderAccessTests {
    private let directory = TemporaryDirectory()

    /// May everybody write, may strangers write, may strangers read.
    private func access(
        _ mode: mode_t, owner: uid_t? = nil, group: gid_t? = nil
    ) throws -> [Bool] {
        let path = directory.path("folder")
        _ = unsafe mkdir(path, 0o700)
        try #require(unsafe chown(path, owner ?? geteuid(), group ?? getegid()) == 0)
        try #require(unsafe chmod(path, mode) == 0)
        let access = try FolderAccess(path)
        #expect(access.mode == mode)
        #expect(access.isOwn == (owner ?? geteuid() == geteuid()))
        return [access.everybodyMayWrite, access.strangersMayWrite, access.strangersMayRead]
    }

    @Test("is what its mode says where it is of the process's user and primary group")
    func modes() throws {
        #expect(try access(0o700) == [false, false, false])
        #expect(try access(0o750) == [false, false, true])
        #expect(try access(0o755) == [false, false, true])
        #expect(try access(0o711) == [false, false, true])
        #expect(try access(0o770) == [false, true, true])
        #expect(try access(0o775) == [false, true, true])
        #expect(try access(0o702) == [true, true, true])
        #expect(try access(0o1777) == [true, true, true])
    }

    @Test(
        "a group by which the process writes in another user's folder is no stranger",
        .enabled(if: geteuid() == 0, "needs root, to give folders away"))
    func groups() throws {
        #expect(try access(0o2770, owner: 4_711) == [false, false, false])
        #expect(try access(0o2775, owner: 4_711) == [false, false, true])
        #expect(try access(0o2770, owner: 4_711, group: 4_712) == [false, true, true])
        #expect(try access(0o2777, owner: 4_711) == [true, true, true])
    }

    @Test("cannot be told of what is no folder")
    func noFolder() {
        #expect(throws: FileError.self) { try FolderAccess(directory.path("none")) }
    }
}
