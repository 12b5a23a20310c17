import TestSupport
import Testing

@Suite("Disorder, which the tests of queues hold to a bound")
struct DisorderTests {
    @Test("it is what counting each pair finds", arguments: [0, 1, 7, 60] as [UInt64])
    func pairs(margin: UInt64) {
        var random = SeededGenerator(seed: margin)
        let values = (0..<300).map { _ in UInt64.random(in: 0...60, using: &random) }
        let wrong = values.indices.reduce(0) { sum, index in
            sum + values[..<index].count { $0 > values[index] + margin }
        }
        #expect(values.disorder(beyond: margin) == Double(wrong) / (300 * 299 / 2))
        #expect((wrong == 0) == (margin == 60))
    }

    @Test("in order there is none, the other way round it is whole")
    func ends() {
        #expect([1, 2, 2, 3].disorder() == 0)
        #expect([3, 2, 1].disorder() == 1)
        #expect([Int]().disorder() == 0)
    }
}
