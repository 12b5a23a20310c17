import Bytes
import Testing

@testable import Cryptography

@Suite("PBKDF2 with HMAC-SHA-256")
struct PBKDF2Tests {
    private func key(_ password: [UInt8], _ salt: [UInt8], _ iterations: Int) -> String {
        password.withBytes { password in
            salt.withBytes { salt in
                PBKDF2.key(password: password, salt: salt, iterations: iterations).hexadecimal
            }
        }
    }

    private func key(_ password: String, _ salt: String, _ iterations: Int) -> String {
        key(Array(password.utf8), Array(salt.utf8), iterations)
    }

    /// The RFC's keys have 64 bytes: a block of 32 is the same, however many follow.
    @Test("gives the keys of RFC 7914, section 11")
    func rfc7914() {
        #expect(
            key("passwd", "salt", 1)
                == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc")
        #expect(
            key("Password", "NaCl", 80_000)
                == "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56")
    }

    @Test("gives the keys of RFC 6070's passwords, salts and iterations")
    func rfc6070() {
        #expect(
            key("password", "salt", 2)
                == "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43")
        #expect(
            key("password", "salt", 4_096)
                == "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a")
        #expect(
            key("pass\0word", "sa\0lt", 4_096).hasPrefix("89b69d0516f829893c696226650a8687"))
    }

    @Test("takes nothing for an empty password and an empty salt")
    func empty() {
        #expect(key("", "", 1) != key("", "a", 1))
        #expect(key("", "", 1) != key("a", "", 1))
        #expect(key("", "", 1) == key("", "", 1))
    }
}
