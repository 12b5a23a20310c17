import Bytes
import Testing

@testable import Contract

@Suite("Spellings of one e-mail address are one")
struct EmailAddressTests {
    /// The canonical form of a text; `nil` for what is no address.
    static func form(_ text: String) -> String? { form(Array(text.utf8)) }

    static func form(_ bytes: [UInt8]) -> String? {
        var buffer = ByteBuffer(capacity: 8)
        buffer.append("left over")
        let isAddress = bytes.withBytes {
            IdentityForm.email.canonicalize($0, into: &buffer)
        }
        return isAddress ? buffer.text : nil
    }

    @Test(
        "case, spaces, scripts, encodings, tags and dots",
        arguments: [
            (
                "jean.dupont@example.fr",
                [
                    "jean.dupont@example.fr", "Jean.Dupont@Example.FR",
                    "  jean.dupont@example.fr\n",
                    "\u{A0}jean.dupont@example.fr\u{2009}",
                    "\u{FEFF}JEAN.DUPONT@EXAMPLE.FR\u{200B}",
                    "jean.dupont@ｅｘａｍｐｌｅ.fr", "jean.dupont@example。fr",
                ]
            ),
            (
                "jeandupont@gmail.com",
                [
                    "jeandupont@gmail.com", "jean.dupont@gmail.com", "J.e.a.n.Dupont@GMail.com",
                    "jean.dupont+jeu@gmail.com", "jeandupont@googlemail.com",
                    "Jean.Dupont+a+b@GoogleMail.com", " jeandupont+@gmail.com ",
                ]
            ),
            ("anne.b@outlook.fr", ["anne.b@outlook.fr", "Anne.B+jeu@Outlook.FR"]),
            ("anne.b@hotmail.com", ["anne.b+1@hotmail.com"]),
            ("anne@live.fr", ["anne+x@live.fr"]),
            ("anne@me.com", ["anne@icloud.com", "anne+x@me.com", "Anne@mac.com"]),
            (
                "anneb@pm.me",
                [
                    "anneb@pm.me", "anne.b+x@proton.me", "Anne-B@protonmail.com",
                    "anne_b@protonmail.ch",
                ]
            ),
            ("anne-b@hotmail.nl", ["anne-b+x@hotmail.nl", "Anne-B+1+2@HOTMAIL.NL"]),
            ("anne@outlook.com.br", ["anne+x@outlook.com.br"]),
            ("anne@fastmail.com", ["anne+x@fastmail.com"]),
            (
                "élodie@exemple.fr",
                ["élodie@exemple.fr", "e\u{301}lodie@exemple.fr", "ÉLODIE@exemple.fr"]
            ),
            (
                "post@müller.de",
                [
                    "post@müller.de", "post@MÜLLER.de", "post@mu\u{308}ller.de",
                    "post@xn--mller-kva.de", "Post@XN--MLLER-KVA.DE",
                ]
            ),
            ("a@例え.テスト", ["a@例え.テスト", "a@xn--r8jz45g.xn--zckzah"]),
            ("οδοσ@example.gr", ["ΟΔΟΣ@example.gr", "οδος@example.gr", "οδοσ@example.gr"]),
        ] as [(String, [String])])
    func spellings(form: String, spellings: [String]) {
        for spelling in spellings {
            let found = Self.form(spelling)
            #expect(found?.utf8.elementsEqual(form.utf8) == true, "\(spelling): \(found ?? "-")")
        }
    }

    @Test(
        "what the provider tells apart, or nobody says it does not, stays apart",
        arguments: [
            ("jean.dupont@example.fr", "jeandupont@example.fr"),
            ("anne+jeu@example.fr", "anne@example.fr"),
            ("jean.dupont@outlook.fr", "jeandupont@outlook.fr"),
            ("anne@hotmail.com", "anne@outlook.com"), ("anne-jeu@yahoo.fr", "anne@yahoo.fr"),
            ("anne@proton.example", "anne@proton.me"), ("anne@gmail.fr", "anne@gmail.com"),
            ("anne_b@outlook.fr", "anneb@outlook.fr"), ("anne-b@gmail.com", "anneb@gmail.com"),
            ("anne@hotmail.nl", "anne@hotmail.com"), ("anne+x@live.example", "anne@live.example"),
            ("a@straße.de", "a@strasse.de"), ("élodie@exemple.fr", "elodie@exemple.fr"),
            // Not one that text is encoded as: compared as it is written.
            ("a@xn--99999999999.fr", "a@xn--9999999999.fr"),
        ] as [(String, String)])
    func apart(one: String, other: String) {
        #expect(Self.form(one) != nil && Self.form(other) != nil)
        #expect(Self.form(one) != Self.form(other))
    }

    @Test(
        "tags are ignored at every domain of Outlook.com, and at no other of such a name",
        arguments: [
            ("hotmail.nl", true), ("hotmail.se", true), ("hotmail.ca", true), ("live.de", true),
            ("live.ca", true), ("live.se", true), ("outlook.at", true), ("outlook.dk", true),
            ("outlook.ie", true), ("outlook.cz", true), ("windowslive.com", true),
            ("live.co.uk", true), ("live.example", false), ("outlook.example.com", false),
            ("hotmail.co", false), ("xlive.de", false),
        ])
    func domains(domain: String, ignoresTags: Bool) {
        #expect((Self.form("anne+x@" + domain) == "anne@" + domain) == ignoresTags)
    }

    @Test(
        "what cannot be an address",
        arguments: [
            "", " ", "anne", "anne@", "@example.fr", "anne@example", "anne@@example.fr",
            "an ne@example.fr", "anne@exam ple.fr", "anne@example..fr", "anne@.example.fr",
            "anne@example.fr.", "anne@-example.fr", "anne@example-.fr", "anne@example.123",
            "anne@[192.0.2.1]", "\"anne b\"@example.fr", "Anne <anne@example.fr>",
            "anne,bob@example.fr", "anne@example.fr,bob@example.fr", "an\u{0}ne@example.fr",
            "an\u{200B}ne@example.fr", "an\u{A0}ne@example.fr", "élodie@exam\u{A0}ple.fr",
            "+tag@gmail.com", "...@gmail.com", "-_.@pm.me", "0612345678", "anne@exa_mple.fr",
            String(repeating: "a", count: 65) + "@example.fr",
            "anne@" + String(repeating: "a", count: 64) + ".fr",
            "anne@" + String(repeating: "abcdefghi.", count: 25) + "abcd",
        ])
    func refused(text: String) {
        #expect(Self.form(text) == nil)
    }

    @Test("bytes that are no UTF-8 are no address, and long ones are not looked at")
    func bytes() {
        #expect(Self.form([0xFF, 0x40, 0x61, 0x2E, 0x62]) == nil)
        #expect(Self.form(Array("é".utf8) + [0xC3] + Array("@example.fr".utf8)) == nil)
        #expect(Self.form(String(repeating: "é", count: 100_000) + "@example.fr") == nil)
    }

    @Test("punycode is read as RFC 3492 has it, and what it is not is not")
    func punycode() {
        // RFC 3492, 7.1 (A), (B) and (L); 5.2 of a label without anything encoded.
        let samples = [
            ("egbpdaj6bu4bxfgehfvwxn", "ليهمابتكلموشعربي؟"),
            ("ihqwcrb4cv8a8dqg056pqjye", "他们为什么不说中文"),
            ("3b-ww4c5e180e575a65lsy2b", "3年b組金八先生"), ("bcher-kva", "bücher"),
        ]
        for (label, text) in samples { #expect(Punycode.decode(label.utf8) == text) }
        for label in ["é", "a-é", "99999999", "mller-kv", "!", "a-!"] {
            #expect(Punycode.decode(label.utf8) == nil, "\(label)")
        }
        #expect(Punycode.decode("".utf8) == "")
    }
}
