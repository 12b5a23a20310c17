import Ledger
import Testing
import Time

@testable import Gateway

@Suite("The last hour of each operation's robots is kept, in bounded room")
struct RobotBoardTests {
    private func add(_ number: Int, of operation: UInt32, to board: RobotBoard) {
        let since = Timestamp(milliseconds: Int64(number) * 60_000)
        let minute = RobotMinute(
            operation: "o-\(operation)", since: since, until: since.advanced(byMilliseconds: 60_000)
        )
        board.add(minute, of: operation)
    }

    private func numbers(of operation: UInt32, on board: RobotBoard) -> [Int] {
        board.minutes(of: operation).map { Int($0.since.milliseconds / 60_000) }
    }

    @Test("a busy operation has its hour however long the process runs")
    func longRunning() {
        let board = RobotBoard(maximumMinutes: 200)
        for number in 0..<5_000 {
            add(number, of: 1, to: board)
            let kept = numbers(of: 1, on: board)
            #expect(kept == Array(max(number - 59, 0)...number))
        }
    }

    @Test("beyond the limit of all together the oldest goes, and no other")
    func bounded() {
        let board = RobotBoard(maximumMinutes: 100)
        // What the hour's end takes of one operation is counted no longer.
        for number in 0..<200 { add(number, of: 1, to: board) }
        for number in 200..<240 { add(number, of: UInt32(number), to: board) }
        #expect(numbers(of: 1, on: board).count == 60)
        for number in 240..<260 { add(number, of: UInt32(number), to: board) }
        #expect(numbers(of: 1, on: board) == Array(160..<200))
        for number in 200..<260 { #expect(numbers(of: UInt32(number), on: board) == [number]) }
        for number in 260..<310 { add(number, of: UInt32(number), to: board) }
        #expect(numbers(of: 1, on: board).isEmpty)
        #expect((200..<210).allSatisfy { numbers(of: UInt32($0), on: board).isEmpty })
        #expect((210..<310).allSatisfy { numbers(of: UInt32($0), on: board) == [$0] })
    }
}
