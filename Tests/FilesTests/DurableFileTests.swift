import Bytes
import Files
import Glibc
import TestSupport
import Testing

@Suite("A durable file is there whole or not at all")
struct DurableFileTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.path("file") }

    private func names() throws -> [String] { try File.names(in: directory.path) }

    /// - Returns: the file, with the text written to it.
    private func begin(_ text: String) throws -> DurableFile {
        let file = try DurableFile(path)
        try append(text, to: file)
        return file
    }

    private func append(_ text: String, to file: borrowing DurableFile) throws {
        var bytes = ByteBuffer(capacity: text.utf8.count)
        text.withBytes { bytes.append($0) }
        try file.write(bytes.bytes, at: 0)
    }

    @Test("it has no name while it is written, so that no end of the process leaves one")
    func unnamed() throws {
        var file = try begin("new")
        #expect(try names() == [])
        try file.commit()
        #expect(try names() == ["file"])
        #expect(directory.text("file") == "new")
        #expect(try File(path, O_RDONLY).status().st_mode & 0o777 == 0o600)
    }

    @Test("what was there stays in force until then, and goes with it")
    func replaced() throws {
        var first = try begin("old")
        try first.commit()
        var second = try begin("new")
        #expect(try names() == ["file"])
        #expect(directory.text("file") == "old")
        try second.commit()
        #expect(try names() == ["file"])
        #expect(directory.text("file") == "new")
    }

    @Test("what is not committed leaves nothing")
    func abandoned() throws {
        do {
            let file = try begin("half")
            try append("none", to: file)
        }
        #expect(try names() == [])
    }

    @Test("what an attempt left under its temporary name goes at the next one's begin")
    func leftover() throws {
        try replace(DurableFile.temporary(path), [1, 2, 3])
        var file = try begin("new")
        #expect(try names() == [])
        try file.commit()
        #expect(try names() == ["file"])
    }

    @Test("two at once: neither takes what the other has written for its own")
    func concurrent() throws {
        var first = try begin("first")
        var second = try begin("second")
        try first.commit()
        #expect(directory.text("file") == "first")
        try second.commit()
        #expect(directory.text("file") == "second")
        #expect(try names() == ["file"])
    }

    @Test("an error names the file, not the folder that it was to be made in")
    func errors() throws {
        let missing = directory.path("missing/file")
        do throws(FileError) {
            _ = try DurableFile(missing)
            Issue.record("there is no such folder")
        } catch {
            #expect(error == FileError("open", missing, ENOENT))
        }
    }
}
