import Benchmark
import Bytes
import Cryptography

/// What a worker does with an entry's secrets, over libcrypto.
func cryptography() -> [String] {
    [
        // SHA-256, to look the front-end key up by.
        measure("cryptography: digest of a front-end key", .kilo) {
            { benchmark in
                let credential = ByteBuffer.of("pk_3Jx8QmV5tYw2Zr7NcB4kHdLfSg6PaUeT")
                var sha = SHA256()
                var sum: UInt64 = 0
                let one = sha.digest(credential.bytes).leadingWord
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations {
                    sum &+= sha.digest(credential.bytes).leadingWord
                }
                benchmark.stopMeasurement()
                try Wrong.unless(sum, is: one &* 1_000, "the digests")
            }
        },
        measure("cryptography: fingerprint of a participant", .kilo) {
            { benchmark in
                let participant = ByteBuffer.of(EntryText.participant)
                let key = SipKey(SymmetricKey.random())
                var hasher = KeyedHasher()
                var sum: UInt64 = 0
                let one = hasher.hash(participant.bytes, key: key, domain: 0).low
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations {
                    sum &+= hasher.hash(participant.bytes, key: key, domain: 0).low
                }
                benchmark.stopMeasurement()
                try Wrong.unless(sum, is: one &* 1_000, "the fingerprints")
            }
        },
        // AES-256-GCM, with a key of its own for each entry.
        measure("cryptography: seal what a person gave", .kilo) {
            { benchmark in
                let participant = ByteBuffer.of(EntryText.participant)
                let fields = ByteBuffer.of(EntryText.fields)
                let keys = randomKeys(16)
                var sealer = Sealer()
                var record = ByteBuffer(capacity: 1_024)
                var sealed = 0
                benchmark.startMeasurement()
                for number in benchmark.scaledIterations {
                    record.removeAll()
                    let start = number % 16 * 32
                    sealed += sealer.seal(
                        participant.bytes, fields.bytes,
                        key: keys.bytes.extracting(start..<start + 32), into: &record)
                }
                benchmark.stopMeasurement()
                let length = participant.count + fields.count + SealedFormat.overheadBytes
                try Wrong.unless(UInt64(sealed), is: UInt64(length * 1_000), "bytes sealed")
            }
        },
        measure("cryptography: a row of 16 keys, by AES", .kilo) {
            { benchmark in
                var row = randomKeys(16)
                var deriver = KeyDeriver()
                let node = KeyNode(level: 11, index: 0)
                var bytes = row.mutableBytes
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations {
                    deriver.deriveRow(of: node, at: 0, in: &bytes, to: 0)
                }
                benchmark.stopMeasurement()
            }
        },
        // What a row would take at least, with nothing for the parent's key.
        measure("cryptography: 16 codes of HMAC", .kilo) {
            { benchmark in
                let text = ByteBuffer.of("portillon kt1 16")
                var authenticator = MessageAuthenticator(key: SymmetricKey.random())
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations {
                    for _ in 0..<16 { blackHole(authenticator.code(of: text.bytes)) }
                }
                benchmark.stopMeasurement()
            }
        },
        // In order, with all that it takes from the root down, as a worker finds them.
        measure("cryptography: the next leaf's key", .mega, samples: 20) {
            { benchmark in
                let tree = KeyTree(root: SymmetricKey.random())
                var cache = LeafKeyCache()
                var keys = SecretBytes(capacity: LeafKeyCache.storageBytes)
                keys.append(zeros: LeafKeyCache.storageBytes)
                var deriver = KeyDeriver()
                var found: UInt64 = 0
                benchmark.startMeasurement()
                for leaf in benchmark.scaledIterations {
                    let place = cache.find(
                        UInt64(leaf), of: tree, with: &deriver, in: &keys, at: 0)
                    if place != nil { found += 1 }
                }
                benchmark.stopMeasurement()
                try Wrong.unless(found, is: 1_000_000, "leaves found")
            }
        },
        measure("cryptography: forget 1,000 of a million leaves", .one, samples: 50) {
            { benchmark in
                var generator = SeededGenerator(seed: 1)
                let leaves = (0..<1_000).map { _ in
                    UInt64.random(in: 0..<1_000_000, using: &generator)
                }
                var tree = KeyTree(root: SymmetricKey.random())
                benchmark.startMeasurement()
                let forgotten = tree.forget(leaves.map { $0..<$0 + 1 })
                benchmark.stopMeasurement()
                try Wrong.unless(forgotten, is: UInt64(Set(leaves).count), "leaves forgotten")
            }
        },
    ]
}

/// Random keys, one behind the other.
private func randomKeys(_ count: Int) -> SecretBytes {
    var keys = SecretBytes(capacity: count * 32)
    for _ in 0..<count { keys.append(SymmetricKey.random().bytes) }
    return keys
}
