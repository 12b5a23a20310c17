import RobotsCrowd
import Testing

@testable import Robots

@Suite("A cohort's names repeat evenly if they come from a list")
struct CohortCellTests {
    /// Draws names into a cell, each with how often it was drawn before.
    private func cell(_ draws: Int, _ name: () -> String) -> CohortCell {
        var cell = CohortCell(tag: 1, epoch: 1)
        var seen: [String: Double] = [:]
        for _ in 0..<draws {
            let drawn = name()
            let before = seen[drawn, default: 0]
            cell.noteName(seen: before, matches: min(before, 8), expected: 0)
            seen[drawn] = before + 1
        }
        return cell
    }

    @Test("a list of 50 to 400 names, all as frequent", arguments: [50, 100, 400])
    func list(_ count: Int) {
        var draw = Draw(seed: 21)
        let even = (0..<50).filter { _ in cell(200) { "\(draw.below(count))" }.isEven }
        #expect(even.count >= 45)
    }

    @Test("people's names of two countries", arguments: [CrowdParameters.first, .second])
    func people(_ crowd: CrowdParameters) {
        var draw = Draw(seed: 22)
        let names = crowd.participants.names
        let even = (0..<50).filter { _ in cell(3_000) { names.lastName(&draw) }.isEven }
        #expect(even.count <= 2)
    }

    @Test("one word that all have is no list")
    func word() {
        #expect(!cell(100) { "player" }.isEven)
        var draw = Draw(seed: 23)
        #expect(!cell(100) { "\(draw.below(5))" }.isEven)
    }

    @Test("evenness survives that a cell forgets")
    func ageing() {
        var draw = Draw(seed: 24)
        var list = cell(400) { "\(draw.below(100))" }
        list.age(to: 2)
        #expect(list.isEven && list.count == 0 && list.matches > 0)
        let before = list.matches
        // Epochs are compared by their lowest 16 bits.
        list.age(to: 0x1_0000 + 3)
        #expect(list.matches == before / 2)
    }
}
