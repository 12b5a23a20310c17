import Bytes
import Contract

/// What a participant is given as: an e-mail address, or a telephone number of a country.
///
/// The first byte chooses, the rest is what was given. Whatever it is, nothing traps; a form is
/// short, and its own form; a number's is a plus sign and digits, an address has one `@`.
enum PersonTarget {
    private static let forms: [IdentityForm] =
        [.email, .phone(nil)]
        + ["FR", "US", "IT", "AR", "BR", "RU", "DE", "BS", "KR", "MX"].map {
            IdentityForm(.phone, country: $0)
        }

    @Sendable static func run(_ input: [UInt8]) throws {
        guard let choice = input.first else { return }
        let form = forms[Int(choice) % forms.count]
        let given = Array(input.dropFirst())
        guard let once = apply(form, given) else { return }
        try require(apply(form, once) == once, "the form of a form is another one")
        try require(once.count <= 4 * given.count + 21, "a form of \(once.count) bytes")
        guard case .email = form else {
            let digits = once.dropFirst()
            try require(
                once.first == UInt8(ascii: "+") && (3...20).contains(digits.count)
                    && digits.allSatisfy { (0x30...0x39).contains($0) }, "a number that is none")
            return
        }
        let ats = once.filter { $0 == UInt8(ascii: "@") }
        try require(ats.count == 1 && !once.contains(UInt8(ascii: " ")), "an address that is none")
        if given.allSatisfy({ $0 < 0x80 }), once.allSatisfy({ $0 < 0x80 }) {
            try require(once.count <= given.count, "a form that is longer")
        }
    }

    private static func apply(_ form: IdentityForm, _ given: [UInt8]) -> [UInt8]? {
        var buffer = ByteBuffer(capacity: 16)
        let isOne = given.withBytes { form.canonicalize($0, into: &buffer) }
        return isOne ? buffer.bytes.array : nil
    }
}
