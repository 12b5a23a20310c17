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
        // AES-256-GCM, with the key of the entry before.
        measure("cryptography: seal what a person gave", .kilo) {
            { benchmark in
                let participant = ByteBuffer.of(EntryText.participant)
                let fields = ByteBuffer.of(EntryText.fields)
                let key = SealingKey(SymmetricKey.random())
                var sealer = Sealer()
                var record = ByteBuffer(capacity: 1_024)
                var sealed = 0
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations {
                    record.removeAll()
                    sealed += sealer.seal(
                        participant.bytes, fields.bytes, key: key, additional: RawSpan(),
                        into: &record)
                }
                benchmark.stopMeasurement()
                let length = participant.count + fields.count + SealedFormat.overheadBytes
                try Wrong.unless(UInt64(sealed), is: UInt64(length * 1_000), "bytes sealed")
            }
        },
    ]
}
