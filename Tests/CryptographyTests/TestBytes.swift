import Bytes

@testable import Cryptography

/// Bytes for tests from hexadecimal digits; spaces are for the eye.
func bytes(_ hexadecimal: String) -> [UInt8] {
    var buffer = ByteBuffer(capacity: 64)
    let text = Array(hexadecimal.utf8.filter { $0 != 0x20 })
    precondition(unsafe buffer.append(decodingHexadecimal: text.span.bytes), "hexadecimal digits")
    return buffer.bytes.array
}

func hexadecimal(_ bytes: [UInt8]) -> String {
    var buffer = ByteBuffer(capacity: 64)
    unsafe buffer.append(hexadecimal: bytes.span.bytes)
    return buffer.text
}
