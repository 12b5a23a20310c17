internal import COpenSSL
internal import Synchronization

/// The keys that session tickets are sealed with (RFC 5077): those of now, and those of the period
/// before, which open tickets and seal none. They live in this process alone, never on disk, and
/// all loops of a listener share them, so that a client can come back to any.
///
/// Who holds a key can read what its tickets stand for; so a key lasts for two periods and is wiped
/// then. Time comes from outside: somebody calls ``advance(to:)`` every now and then.
package final class TicketKeys: Sendable {
    private let keys: Mutex<Keys>
    private let period: UInt64

    private struct Keys {
        var current: Key
        var previous: Key?
        /// When the current one was made, in nanoseconds of the monotonic clock.
        var began: UInt64
    }

    /// A name that tickets carry, 16 bytes, then a key for AES-256-CBC and one for HMAC-SHA-256.
    private struct Key {
        var bytes = InlineArray<80, UInt8>(repeating: 0)

        static func random() -> Key {
            var key = Key()
            var bytes = key.bytes.mutableSpan
            let done = unsafe bytes.withUnsafeMutableBufferPointer {
                unsafe RAND_bytes($0.baseAddress, Int32($0.count))
            }
            precondition(done == 1, "the system gives no random bytes: cannot go on")
            return key
        }

        mutating func wipe() {
            var bytes = bytes.mutableSpan
            unsafe bytes.withUnsafeMutableBytes {
                unsafe OPENSSL_cleanse($0.baseAddress, $0.count)
            }
        }
    }

    /// Keys are changed this often; RFC 8446 bounds a ticket's life by a week.
    package static var usualPeriodSeconds: Int { 6 * 3_600 }

    /// - Parameters:
    ///   - periodSeconds: how long tickets are sealed with one key.
    ///   - now: nanoseconds of the monotonic clock.
    package init(periodSeconds: Int = TicketKeys.usualPeriodSeconds, now: UInt64) {
        precondition(periodSeconds > 0, "a period has a length")
        period = UInt64(periodSeconds) * 1_000_000_000
        keys = Mutex(Keys(current: .random(), previous: nil, began: now))
    }

    /// Seconds that a ticket is good for, at most.
    var lifetimeSeconds: Int { Int(2 * period / 1_000_000_000) }

    /// Changes the keys where it is time to.
    package func advance(to now: UInt64) {
        keys.withLock { keys in
            let age = now &- min(keys.began, now)
            guard age >= period else { return }
            keys.previous?.wipe()
            keys.previous = age < 2 * period ? keys.current : nil
            keys.current.wipe()
            keys.current = .random()
            keys.began = now
        }
    }

    // MARK: Sealing and opening

    /// Prepares the two contexts for a ticket that is to be sealed, and fills in its name and IV.
    func seal(
        name: UnsafeMutablePointer<UInt8>, iv: UnsafeMutablePointer<UInt8>, cipher: OpaquePointer,
        mac: OpaquePointer
    ) -> Bool {
        guard unsafe RAND_bytes(iv, 16) == 1 else { return false }
        return keys.withLock { keys in
            unsafe keys.current.bytes.span.withUnsafeBufferPointer { bytes in
                guard let key = bytes.baseAddress else { return false }
                unsafe name.update(from: key, count: 16)
                return unsafe EVP_EncryptInit_ex2(cipher, Self.cipher, key + 16, iv, nil) == 1
                    && portillon_tls_ticket_mac(mac, key + 48, 32) == 1
            }
        }
    }

    /// Prepares the two contexts for a ticket that has come back.
    /// - Returns: whether the key of that name is still here, and if so, whether it is the old one.
    func open(
        name: UnsafePointer<UInt8>, iv: UnsafePointer<UInt8>, cipher: OpaquePointer,
        mac: OpaquePointer
    ) -> Found {
        keys.withLock { keys in
            if unsafe Self.prepare(keys.current, name, iv, cipher, mac) { return .current }
            guard let previous = keys.previous else { return .none }
            return unsafe Self.prepare(previous, name, iv, cipher, mac) ? .previous : .none
        }
    }

    enum Found {
        case none, current, previous
    }

    private static func prepare(
        _ key: borrowing Key, _ name: UnsafePointer<UInt8>, _ iv: UnsafePointer<UInt8>,
        _ cipher: OpaquePointer, _ mac: OpaquePointer
    ) -> Bool {
        unsafe key.bytes.span.withUnsafeBufferPointer { bytes in
            guard let key = bytes.baseAddress, unsafe CRYPTO_memcmp(key, name, 16) == 0 else {
                return false
            }
            return unsafe EVP_DecryptInit_ex2(cipher, Self.cipher, key + 16, iv, nil) == 1
                && portillon_tls_ticket_mac(mac, key + 48, 32) == 1
        }
    }

    /// AES-256-CBC, fetched once: by name it costs a look-up under a lock.
    // `nonisolated(unsafe)`: made once, never changed, kept for ever; OpenSSL ties it to no thread.
    private nonisolated(unsafe) static let cipher = unsafe EVP_CIPHER_fetch(
        nil, "AES-256-CBC", nil)
}
