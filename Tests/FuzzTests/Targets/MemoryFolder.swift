import Bytes
import Files
import Glibc

/// A directory in memory, removed with all that is in it.
final class MemoryFolder {
    let path: String

    init() throws {
        let place = File.exists("/dev/shm") ? "/dev/shm" : "/tmp"
        var template = Array("\(place)/portillon-fuzz.XXXXXX".utf8CString)
        guard let made = unsafe mkdtemp(&template) else {
            throw FileError("create", place)
        }
        path = unsafe String(cString: made)
    }

    deinit {
        // What cannot be removed is left to the system: these are a few KiB in memory.
        for name in (try? File.names(in: path)) ?? [] { _ = try? File.remove(path + "/" + name) }
        unsafe rmdir(path)
    }

    func write(_ bytes: [UInt8], as name: String) throws {
        let file = try File(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC)
        try bytes.withSpan { try file.write($0, at: 0) }
    }

    func read(_ name: String) throws -> [UInt8] {
        let file = try File(path + "/" + name, O_RDONLY)
        var buffer = ByteBuffer(capacity: 4_096)
        try file.read(try file.size(), at: 0, into: &buffer)
        return buffer.bytes.array
    }
}
