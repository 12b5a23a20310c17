import Files
import Glibc
import TestSupport
import Testing

@Suite("Whole files are read within a limit, and only files: nothing waits, nothing is endless")
struct WholeFileTests {
    private let directory = TemporaryDirectory()

    private func error(_ path: String, atMost maximum: Int = 1 << 20) -> FileError? {
        do throws(FileError) {
            _ = try WholeFile.read(path, atMost: maximum)
            return nil
        } catch {
            return error
        }
    }

    private func file(_ bytes: [UInt8]) throws -> String {
        let path = directory.path("file")
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        #expect(unsafe write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
        return path
    }

    @Test("a file of at most so many bytes comes as it is, by a link too")
    func lengths() throws {
        for count in [0, 1, 999, 1_000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            #expect(try WholeFile.read(try file(bytes), atMost: 1_000) == bytes)
        }
        let path = try file(Array("abc".utf8))
        let link = directory.path("link")
        try #require(unsafe symlink(path, link) == 0)
        #expect(try WholeFile.read(link, atMost: 3) == Array("abc".utf8))
    }

    @Test("a longer one is refused before it is read")
    func tooLong() throws {
        let path = try file([UInt8](repeating: 1, count: 1_001))
        let found = error(path, atMost: 1_000)
        #expect(found?.code == EOVERFLOW)
        #expect(found?.description == "cannot read \(path): it is longer than 1000 bytes")
        // More than there is memory, of which nothing is on the disk.
        #expect(unsafe truncate(path, 1 << 42) == 0)
        #expect(error(path)?.code == EOVERFLOW)
    }

    @Test("a pipe that nobody writes to, a device, a folder and a socket are refused at once")
    func others() throws {
        let pipe = directory.path("pipe")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        for (path, kind) in [
            (pipe, "a pipe"), ("/dev/zero", "a device"), ("/dev/full", "a device"),
            (directory.path, "a folder"),
        ] {
            #expect(
                error(path)?.reason == "it is \(kind); must be a regular file", "\(path)")
        }
        #expect(error(directory.path("none"))?.code == ENOENT)
        #expect(error(directory.path("none"))?.reason == "No such file or directory")
    }

    @Test("a file of the kernel, whose length it does not say, is read")
    func kernelFiles() throws {
        #expect(try !WholeFile.read("/proc/self/status", atMost: 1 << 20).isEmpty)
    }

    @Test("opening waits for nobody, whatever the name leads to")
    func opening() throws {
        let pipe = directory.path("pipe")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        _ = try File(pipe, O_RDONLY)
        #expect(throws: FileError("open", pipe, ENXIO)) { _ = try File(pipe, O_WRONLY) }
    }
}
