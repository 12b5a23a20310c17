internal import COpenSSL

/// OpenSSL's SipHash-2-4 with 128 bits, as a second opinion: 16 bytes, or nil where it fails.
func openSSLSipHash(_ bytes: [UInt8], key: [UInt8]) -> [UInt8]? {
    guard let algorithm = unsafe EVP_MAC_fetch(nil, "SIPHASH", nil) else { return nil }
    defer { unsafe EVP_MAC_free(algorithm) }
    guard let context = unsafe EVP_MAC_CTX_new(algorithm) else { return nil }
    defer { unsafe EVP_MAC_CTX_free(context) }
    // Its output has 16 bytes unless it is told otherwise.
    var output = [UInt8](repeating: 0, count: 16)
    var written = 0
    let done =
        unsafe EVP_MAC_init(context, key, key.count, nil) == 1
        && EVP_MAC_update(context, bytes, bytes.count) == 1
        && EVP_MAC_final(context, &output, &written, output.count) == 1
    return done && written == 16 ? output : nil
}
