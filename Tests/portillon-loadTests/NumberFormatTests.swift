import Testing

@testable import portillon_load

@Suite("Numbers for people")
struct NumberFormatTests {
    private let numbers = NumberFormat.terminal

    @Test(
        "counts have groups of three",
        arguments: [
            (0, "0"), (999, "999"), (1_000, "1 000"), (1_234_567, "1 234 567"), (-1_000, "−1 000"),
            (Int.min, "−9 223 372 036 854 775 808"),
        ])
    func counts(number: Int, text: String) {
        #expect(numbers.count(number) == text)
    }

    @Test("on the page the separator is narrow and does not break")
    func pageSeparator() {
        #expect(NumberFormat.page.count(12_345) == "12\u{202F}345")
    }

    @Test(
        "decimals are rounded, whatever comes",
        arguments: [
            (0, 1, "0.0"), (0.05, 1, "0.1"), (-0.01, 1, "0.0"), (-2.5, 1, "−2.5"),
            (1_234.567, 2, "1 234.57"), (0.999, 2, "1.00"), (.nan, 2, "–"), (.infinity, 0, "–"),
            (1e300, 2, "1e+300"), (1e13, 3, "10 000 000 000 000.0"),
        ] as [(Double, Int, String)])
    func decimals(value: Double, places: Int, text: String) {
        #expect(numbers.decimal(value, places: places) == text)
    }

    @Test(
        "milliseconds have three digits, more before the point",
        arguments: [
            (0, "0"), (0.000_4, "0.000"), (0.123_4, "0.123"), (1.234, "1.23"), (12.34, "12.3"),
            (123.4, "123"), (12_345.6, "12 346"),
        ])
    func milliseconds(value: Double, text: String) {
        #expect(numbers.milliseconds(value) == text)
    }

    @Test(
        "what was found is never rounded to a whole number that it is not",
        arguments: [
            (0.25, "0.25"), (1, "1"), (1_204.7, "1 204.7"), (0.913_377_4, "0.913377"),
            (0.999_999_7, "0.9999997"), (1.000_000_2, "1.0000002"), (0, "0"), (990, "990"),
            (.nan, "–"),
        ])
    func found(value: Double, text: String) {
        #expect(numbers.found(value) == text)
    }

    @Test(
        "a share says neither never nor always where that is not so",
        arguments: [
            (0, 0, "–"), (0, 7, "0.0 %"), (7, 7, "100.0 %"), (1, 3, "33.3 %"),
            (1, 100_000, "< 0.1 %"), (99_999, 100_000, "> 99.9 %"),
        ])
    func shares(part: Int, whole: Int, text: String) {
        #expect(numbers.share(part, of: whole) == text)
    }
}
