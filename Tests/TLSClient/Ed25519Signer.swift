internal import COpenSSL

/// Makes Ed25519 signatures (RFC 8032), as a robot does that signs its requests.
package struct Ed25519Signer: Sendable {
    private let seed: [UInt8]

    /// - Parameter seed: the private key's 32 bytes, `d` of its JWK.
    package init(seed: [UInt8]) {
        precondition(seed.count == 32, "an Ed25519 key has 32 bytes")
        self.seed = seed
    }

    /// The signature of a message: 64 bytes, always the same.
    package func signature(of message: [UInt8]) throws(TLSFailure) -> [UInt8] {
        guard let key = unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, 32) else {
            throw TLSFailure.last("EVP_PKEY_new_raw_private_key")
        }
        defer { unsafe EVP_PKEY_free(key) }
        guard let context = unsafe EVP_MD_CTX_new() else { throw TLSFailure.last("EVP_MD_CTX_new") }
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 64)
        var count = signature.count
        guard unsafe EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1,
            count == 64
        else { throw TLSFailure.last("EVP_DigestSign") }
        return signature
    }
}
