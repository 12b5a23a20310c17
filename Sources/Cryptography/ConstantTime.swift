internal import Bytes
internal import COpenSSL

/// Whether the bytes are the same, in a time that depends on their number only (CWE-208).
///
/// Different lengths are unequal at once: the length of a token is no secret.
package func constantTimeEquals(_ left: RawSpan, _ right: RawSpan) -> Bool {
    guard left.byteCount == right.byteCount else { return false }
    // `unsafe`: both are read within their equal bounds, during the call only.
    return unsafe left.withUnsafeBytes { left in
        unsafe right.withUnsafeBytes { right in
            guard let first = left.baseAddress, let second = right.baseAddress else { return true }
            return unsafe CRYPTO_memcmp(first, second, left.count) == 0
        }
    }
}
