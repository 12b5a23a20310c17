internal import Bytes
internal import Files
internal import Glibc

package func contents(_ path: String) throws -> [UInt8] {
    let file = try File(path, O_RDONLY)
    var buffer = ByteBuffer(capacity: 1)
    try file.read(try file.size(), at: 0, into: &buffer)
    return buffer.bytes.array
}

package func overwrite(_ path: String, _ bytes: [UInt8], at offset: Int) throws {
    unsafe try File(path, O_WRONLY).write(bytes.span.bytes, at: offset)
}

package func replace(_ path: String, _ bytes: [UInt8]) throws {
    unsafe try File(path, O_WRONLY | O_CREAT | O_TRUNC).write(bytes.span.bytes, at: 0)
}
