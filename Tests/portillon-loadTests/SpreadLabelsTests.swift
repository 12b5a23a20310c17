import Testing

@testable import portillon_load

@Suite("Labels do not stand on each other")
struct SpreadLabelsTests {
    @Test("labels beside lines keep their order and their distance, inside of the plot")
    func heights() {
        #expect(SpreadLabels.heights([50, 10], height: 100) == [50, 10])
        #expect(SpreadLabels.heights([50, 50, 50], height: 100) == [50, 63, 76])
        #expect(SpreadLabels.heights([99, 100, 98], height: 100) == [87, 100, 74])
        #expect(SpreadLabels.heights([], height: 100) == [])
    }

    @Test("labels of marks go up a row where they would meet, and are left out when rows are full")
    func rows() {
        #expect(SpreadLabels.rows(of: [("restart", 0.1), ("stall", 0.4)]) == [0, 0])
        let crowd = Array(repeating: (text: "restart", fraction: 0.3), count: 4)
        #expect(SpreadLabels.rows(of: crowd) == [0, 1, 2, nil])
        #expect(SpreadLabels.rows(of: [("stall", 0.49), ("stall", 0.51)]) == [0, 1])
    }
}
