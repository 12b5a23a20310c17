import Bytes
import Testing

@testable import Webhooks

@Suite("Signatures of the Standard Webhooks convention")
struct SignerTests {
    /// The vector of the convention's own libraries
    /// (https://github.com/standard-webhooks/standard-webhooks).
    @Test("are those of the convention's libraries")
    func vector() throws {
        let secret = try #require(base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let body = Array(#"{"test": 2432232314}"#.utf8)
        let signature = secret.withBytes { bytes in
            var signer = WebhookSigner(secret: bytes)
            return signer.signature(
                id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: body)
        }
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        #expect(
            secret.withBytes { WebhookSigner.text(of: $0) }
                == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    }

    @Test("differ with each part of what is signed")
    func parts() {
        let signatures = [UInt8](repeating: 7, count: 32).withBytes { secret -> [String] in
            var signer = WebhookSigner(secret: secret)
            return [
                signer.signature(id: "a", timestamp: 1, body: [1]),
                signer.signature(id: "b", timestamp: 1, body: [1]),
                signer.signature(id: "a", timestamp: 2, body: [1]),
                signer.signature(id: "a", timestamp: 1, body: [2]),
                signer.signature(id: "a", timestamp: 1, body: [1]),
            ]
        }
        #expect(Set(signatures).count == 4)
        #expect(signatures.first == signatures.last)
    }

    /// Decodes by the plainest of ways.
    private func base64(_ text: String) -> [UInt8]? {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var bits: [UInt8] = []
        for character in text where character != "=" {
            guard let value = digits.firstIndex(of: character) else { return nil }
            bits += (0..<6).map { UInt8(value >> (5 - $0) & 1) }
        }
        return stride(from: 0, to: bits.count / 8 * 8, by: 8).map { start in
            bits[start..<start + 8].reduce(0) { $0 << 1 | $1 }
        }
    }
}

@Suite("Waits between attempts")
struct BackoffTests {
    @Test("begin with a second, double, and end at the maximum, spread by a fifth")
    func doubling() {
        let backoff = WebhookBackoff(maximum: 600)
        for (attempts, seconds) in [(1, 1), (2, 2), (3, 4), (10, 512), (11, 600), (1_000, 600)] {
            for random in [0, 1, 12_345, UInt64.max] as [UInt64] {
                let wait = backoff.milliseconds(
                    after: UInt32(attempts), retryAfter: nil, random: random)
                #expect(wait >= seconds * 800 && wait <= min(seconds * 1_200, 600_000))
            }
        }
    }

    @Test("honour what the receiver asks for, within bounds")
    func asked() {
        let backoff = WebhookBackoff(maximum: 600)
        #expect(backoff.milliseconds(after: 1, retryAfter: 30, random: 0) == 30_000)
        #expect(backoff.milliseconds(after: 1, retryAfter: 1_000_000, random: 0) == 600_000)
        #expect(backoff.milliseconds(after: 10, retryAfter: 1, random: 0) == 409_600)
        #expect(backoff.milliseconds(after: 1, retryAfter: -5, random: 0) == 800)
    }
}
