import Testing

@testable import portillon_load

@Suite("Thinning of long runs")
struct ThinningTests {
    @Test(
        "there are never more points than the limit, and no fewer than half of it",
        arguments: [0, 1, 60, 999, 1_000, 1_001, 1_800, 3_600, 86_400])
    func limit(count: Int) {
        let thinning = Thinning(count: count)
        let points = thinning.means(Array(repeating: 1, count: count)).count
        #expect(points <= Thinning.limit)
        #expect(points >= min(count, Thinning.limit / 2))
        #expect(thinning.maxima(Array(repeating: 1, count: count)).count == points)
    }

    @Test("what fits stays as it is")
    func short() {
        let values = [3.0, 1, 2]
        #expect(Thinning(count: 3).means(values) == values)
        #expect(Thinning(count: 3).maxima(values) == values)
    }

    @Test("a maximum survives wherever it stands", arguments: [0, 1, 2, 901, 1_797, 1_799])
    func maximum(place: Int) {
        var values = [Double?](repeating: 5, count: 1_800)
        values[place] = 1_043
        let thinned = Thinning(count: 1_800).maxima(values)
        #expect(thinned.count == 900)
        #expect(thinned[place / 2] == 1_043)
        #expect(thinned.count { $0 == 5 } == 899)
    }

    @Test("a rate is the average of its seconds, the last ones too")
    func means() {
        #expect(Thinning(count: 5, limit: 2).means([1, 2, 3, 10, 20]) == [2, 15])
    }

    @Test("a gap stays a gap only where all is missing")
    func gaps() {
        let thinning = Thinning(count: 6, limit: 3)
        #expect(thinning.maxima([nil, nil, nil, 4, 7, nil]) == [nil, 4, 7])
    }
}
