internal import COpenSSL

@testable import Cryptography

/// A sealing with a nonce of the test's choosing, which the module itself does not offer.
func sealedByShim(
    _ first: [UInt8], _ second: [UInt8], key: [UInt8], nonce: [UInt8], additional: [UInt8]
) -> [UInt8] {
    let context = unsafe makeGCMContext(forSealing: true)
    defer { unsafe EVP_CIPHER_CTX_free(context) }
    var output = [UInt8](repeating: 0, count: first.count + second.count + 16)
    let done = unsafe portillon_gcm_seal(
        context, key, nonce, additional, additional.count, first, first.count, second,
        second.count, nil, 0, &output)
    precondition(done == 1, "the shim seals")
    return output
}
