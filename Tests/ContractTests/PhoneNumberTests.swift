import Bytes
import Foundation
import Testing

@testable import Contract

@Suite("Spellings of one telephone number are one")
struct PhoneNumberTests {
    /// The canonical form of a text; `nil` for what is no number.
    private static func form(_ text: String, in country: String?) -> String? {
        var buffer = ByteBuffer(capacity: 8)
        buffer.append("left over")
        let isNumber = text.withBytes {
            IdentityForm(.phone, country: country).canonicalize($0, into: &buffer)
        }
        return isNumber ? buffer.text : nil
    }

    @Test(
        "national and international, with whatever stands between the digits",
        arguments: [
            (
                "FR", "+33612345678",
                [
                    "0612345678", "06 12 34 56 78", "06.12.34.56.78", "06-12-34-56-78",
                    "+33612345678", "+33 6 12 34 56 78", "+33 (0)6 12 34 56 78", "0033612345678",
                    "33612345678", "(+33) 6 12 34 56 78", "06\u{A0}12\u{202F}34 56 78",
                    "\u{202A}+33 6 12 34 56 78\u{202C}", "06‑12‑34‑56‑78", "０６１２３４５６７８",
                    "٠٦١٢٣٤٥٦٧٨", "＋33612345678", "06/12/34/56/78\n",
                ]
            ),
            ("BE", "+32470123456", ["0470 12 34 56", "+32 470 12 34 56", "0032470123456"]),
            ("CH", "+41791234567", ["079 123 45 67", "+41 79 123 45 67"]),
            // Italy keeps its zero.
            ("IT", "+390612345678", ["06 1234 5678", "+39 06 1234 5678"]),
            ("US", "+12125550123", ["(212) 555-0123", "1 212 555 0123", "011 1 212 555 0123"]),
            ("CA", "+14165550123", ["416-555-0123", "+1 416 555 0123"]),
            // Russia's 8 is a prefix, and the beginning of free numbers.
            ("RU", "+78001234567", ["8 800 123-45-67", "+7 800 123 45 67"]),
            // Argentina's mobile numbers are rewritten.
            ("AR", "+5491123456789", ["011 15 2345-6789", "+54 9 11 2345 6789"]),
            // Another country's number, from anywhere.
            ("FR", "+442079460958", ["+44 20 7946 0958", "00 44 (0)20 7946 0958"]),
            ("RE", "+262692123456", ["0692 12 34 56", "+262 692 12 34 56"]),
        ] as [(String, String, [String])])
    func spellings(country: String, form: String, spellings: [String]) {
        for spelling in spellings {
            #expect(Self.form(spelling, in: country) == form, "\(spelling)")
        }
    }

    @Test(
        "what cannot be a number",
        arguments: [
            "", " ", "+", "06", "0612", "061234567890123", "+33", "+336", "+999123456789", "anne",
            "06 12 34 56 78 poste 3", "06+12345678", "++33612345678", "+33+612345678",
            "06,12345678", "anne@example.fr", "０６１２", "00", "0000000000000000000000000000000000",
            String(repeating: "1", count: 300), "06\u{0}12345678",
        ])
    func refused(text: String) {
        #expect(Self.form(text, in: "FR") == nil)
    }

    @Test("without a plan only an international number is one; every country has a sound plan")
    func plans() {
        #expect(Self.form("+33 6 12 34 56 78", in: nil) == "+33612345678")
        #expect(Self.form("0612345678", in: nil) == nil)
        #expect(PhonePlan.of(region: "001") == nil && PhonePlan.of(region: "fr") == nil)
        let rows = PhonePlanTable.rows.split(separator: "\n")
        #expect(rows.count > 240)
        for row in rows {
            let region = String(row.prefix { $0 != " " })
            if region == "001" { continue }
            guard let plan = PhonePlan.of(region: region) else {
                Issue.record("\(region) has no plan")
                continue
            }
            #expect(plan.main.isMain && plan.main.callingCode == plan.callingCode)
        }
    }

    /// Country, number as it was written, and the form that Python's `phonenumbers` gives it, `-`
    /// where it is no possible one: written by `ops/phone-plans`. PORTILLON_PHONES names a longer
    /// file.
    @Test("many numbers of every country have the form that libphonenumber gives them")
    func samples() throws {
        let own = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Phones/numbers.txt")
        let other = ProcessInfo.processInfo.environment["PORTILLON_PHONES"]
        let text = try String(contentsOf: other.map { URL(filePath: $0) } ?? own, encoding: .utf8)
        var (count, numbers) = (0, 0)
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(
                String.init)
            try #require(parts.count == 3, "\(line)")
            let found = Self.form(parts[1], in: parts[0] == "-" ? nil : parts[0])
            if found ?? "-" != parts[2] { Issue.record("\(line): \(found ?? "-")") }
            count += 1
            if found != nil { numbers += 1 }
        }
        print("phone numbers: \(numbers) of \(count) are possible ones")
        #expect(count > 1_500 && numbers > count / 3)
    }

    @Test("patterns match as the engines do that they were written for")
    func patterns() {
        func groups(_ pattern: String, _ digits: String) -> (end: Int?, first: Range<Int>?) {
            var groups = DigitPattern.Groups()
            let end = DigitPattern(pattern).prefixEnd(of: DigitString(digits.utf8), &groups)
            return (end, groups.range(1))
        }
        #expect(groups("0", "06").end == 1)
        #expect(groups("0?", "6").end == 0)
        #expect(groups("00|0", "001").end == 2)
        // The first alternative that leads to a match, not the longest.
        #expect(groups("0|00", "001").end == 1)
        #expect(groups("0|00", "1").end == nil)
        #expect(groups(#"([2-9]\d{6})$|1"#, "2345678").first == 0..<7)
        #expect(groups(#"([2-9]\d{6})$|1"#, "23456789").end == nil)
        #expect(groups(#"([2-9]\d{6})$|1"#, "12345678").end == 1)
        #expect(groups(#"(?:0|90)(?:(1[245]|31)(\d{2}))?"#, "0311199").end == 5)
        #expect(groups(#"(?:0|90)(?:(1[245]|31)(\d{2}))?"#, "0321199").first == nil)
        for (pattern, digits, expected) in [
            (#"[1-9]\d{8}"#, "612345678", true), (#"[1-9]\d{8}"#, "61234567", false),
            (#"\d{2,4}"#, "1", false), (#"\d{2,4}"#, "12", true), (#"\d{2,4}"#, "1234", true),
            (#"\d{2,4}"#, "12345", false), (#"1(?:2|23)4?"#, "1234", true),
            ("(?:1{2}|1)3", "13", true),
        ] {
            let found = DigitPattern(pattern).matchesWhole(DigitString(digits.utf8))
            #expect(found == expected, "\(pattern) \(digits)")
        }
    }
}
