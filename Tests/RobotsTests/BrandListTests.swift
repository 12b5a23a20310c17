import Bytes
import Testing

@testable import Robots

@Suite("The made-up brand follows from the version")
struct BrandListTests {
    /// `Sec-CH-UA` of released versions, as browsers sent them.
    private static let captured = [
        (108, #""Not?A_Brand";v="8", "Chromium";v="108", "Google Chrome";v="108""#),
        (109, #""Not_A Brand";v="99", "Google Chrome";v="109", "Chromium";v="109""#),
        (110, #""Chromium";v="110", "Not A(Brand";v="24", "Google Chrome";v="110""#),
        (111, #""Google Chrome";v="111", "Not(A:Brand";v="8", "Chromium";v="111""#),
        (112, #""Chromium";v="112", "Google Chrome";v="112", "Not:A-Brand";v="99""#),
        (113, #""Google Chrome";v="113", "Chromium";v="113", "Not-A.Brand";v="24""#),
        (114, #""Not.A/Brand";v="8", "Chromium";v="114", "Google Chrome";v="114""#),
        (120, #""Not_A Brand";v="8", "Chromium";v="120", "Google Chrome";v="120""#),
        (124, #""Chromium";v="124", "Google Chrome";v="124", "Not-A.Brand";v="99""#),
        (131, #""Google Chrome";v="131", "Chromium";v="131", "Not_A Brand";v="24""#),
        (151, #""Not=A?Brand";v="99", "Google Chrome";v="151", "Chromium";v="151""#),
    ]

    private func list(_ text: String) -> (list: BrandList, agrees: (Int) -> Bool) {
        let list = text.withBytes { BrandList($0, ByteRange(0..<$0.byteCount)) }
        return (list, { major in text.withBytes { list.hasExpectedForm($0, major: major) } })
    }

    @Test("captured lists have their version's form, and no other version's", arguments: captured)
    func captures(_ major: Int, _ text: String) {
        let (list, agrees) = list(text)
        #expect(list.count == 3)
        #expect(list.chromiumMajor == major)
        #expect(agrees(major))
        for other in 107..<173 where other % 66 != major % 66 { #expect(!agrees(other)) }
    }

    @Test("any change of the list shows")
    func changes() {
        let text = #""Chromium";v="124", "Google Chrome";v="124", "Not-A.Brand";v="99""#
        #expect(list(text).agrees(124))
        for (part, other) in [
            ("Not-A.Brand", "Not.A-Brand"), ("\"99\"", "\"8\""), ("Not-A.Brand", "Not A;Brand"),
            (", \"Not-A.Brand\";v=\"99\"", ""), (" ", ""), ("\"Google Chrome\";v=\"124\", ", ""),
        ] {
            #expect(!list(text.replacing(part, with: other)).agrees(124))
        }
    }

    @Test("two brands, as Chromium itself has; four are looked at for the made-up one alone")
    func numbers() {
        #expect(list(#""Not_A Brand";v="8", "Chromium";v="120""#).agrees(120))
        #expect(!list(#""Chromium";v="120", "Not_A Brand";v="8""#).agrees(120))
        #expect(list(#""Chromium";v="131", "Not_A Brand";v="24""#).agrees(131))
        let four = #""A";v="1", "Chromium";v="120", "Not_A Brand";v="8", "B";v="2""#
        #expect(list(four).agrees(120))
        #expect(!list(four.replacing("8", with: "9")).agrees(120))
    }

    @Test(
        "what is no list is malformed, and ends where it goes wrong",
        arguments: [
            "Chromium", "\"Chromium", "\"Chromium\"", "\"Chromium\";v=", "\"Chromium\";v=\"1",
            "\"Chromium\";v=\"120\",", "\"Chromium\";v=\"120\",\"A\";v=\"1\"", "\"\";\"",
            "\"A\";v=\"1\", \"A\";v=\"1\", \"A\";v=\"1\", \"A\";v=\"1\", \"A\";v=\"1\"",
        ])
    func malformed(_ text: String) {
        #expect(list(text).list.isMalformed)
    }

    @Test("nothing is said of versions before 107, and of lists without Chromium")
    func unknown() {
        #expect(list(#"" Not A;Brand";v="99", "Chromium";v="99""#).agrees(99))
        #expect(list(#""Firefox";v="150""#).agrees(150))
        #expect(list("").list.count == 0)
    }
}
