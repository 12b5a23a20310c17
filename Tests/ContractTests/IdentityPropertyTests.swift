import Bytes
import TestSupport
import Testing

@testable import Contract

/// What must hold of every participant, drawn from pieces that meet rules, and from any bytes.
@Suite("A canonical form is one")
struct IdentityPropertyTests {
    private static let pieces: [String] = [
        "a", "Z", "é", "e\u{301}", "İ", "ß", "ẞ", "ς", "Σ", "ﬁ", "Ⅷ", "K", "ｇｍａｉｌ", "gmail", "me",
        "googlemail", "live", "@", "@", ".", ".", "com", "fr", "+", "-", "xn--", "kva", "mller-kva",
        "。", "\u{200B}", "\u{A0}", " ", "\t", "0", "6", "12", "345678", "33", "00", "(", ")", "/",
        "٠", "９", "＋", "\u{202A}", "\u{FDFA}", "\u{1D160}", "\u{958}", "🏖", "\u{10FFFF}", "ـ", "ﷺ",
    ]
    private static let forms: [IdentityForm] = [
        .email, .phone(nil), .opaque, IdentityForm(.phone, country: "FR"),
        IdentityForm(.phone, country: "IT"), IdentityForm(.phone, country: "AR"),
        IdentityForm(.phone, country: "US"), IdentityForm(.phone, country: "RU"),
    ]

    @Test("the form of a form is the form, short, and nothing traps", arguments: 1...4)
    func idempotent(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var formed = 0
        for _ in 0..<2_000 {
            let given = Self.draw(&random)
            for form in Self.forms {
                guard let once = Self.apply(form, given) else { continue }
                if case .opaque = form { continue }
                formed += 1
                #expect(Self.apply(form, once) == once, "\(given) \(form)")
                #expect(once.count <= 3 * given.count + 21, "\(given)")
                if case .email = form, given.allSatisfy({ $0 < 0x80 }),
                    !once.contains(where: { $0 >= 0x80 })
                {
                    #expect(once.count <= given.count, "\(given)")
                }
            }
        }
        #expect(formed > 100, "hardly a draw has a form")
    }

    private static func draw(_ random: inout SeededGenerator) -> [UInt8] {
        if random.next() % 8 == 0 {
            return (0..<(random.next() % 64)).map { _ in
                UInt8(truncatingIfNeeded: random.next())
            }
        }
        var text = ""
        for _ in 0..<(1 + random.next() % 12) {
            text += pieces[Int(random.next() % UInt64(pieces.count))]
        }
        switch random.next() % 4 {
        case 0: text = "a" + text + "@gmail.com"
        case 1: text = "a@" + text + ".fr"
        case 2: text = "06" + text
        default: break
        }
        return Array(text.utf8)
    }

    private static func apply(_ form: IdentityForm, _ given: [UInt8]) -> [UInt8]? {
        var buffer = ByteBuffer(capacity: 16)
        let isOne = given.withBytes { form.canonicalize($0, into: &buffer) }
        return isOne ? buffer.bytes.array : nil
    }
}
