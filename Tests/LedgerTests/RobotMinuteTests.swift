import Testing
import Time

@testable import Ledger

@Suite("What is recorded of robots (C6)")
struct RobotMinuteTests {
    private let world = World()

    private func minute(_ change: (inout RobotMinute) -> Void = { _ in }) -> RobotMinute {
        var minute = RobotMinute(
            operation: "summer", since: world.now,
            until: world.now.advanced(byMilliseconds: 60_000))
        minute.attempts = 100
        minute.robots = 90
        minute.refused = 90
        change(&minute)
        return minute
    }

    @Test("it is on record, and changes nothing that is decided")
    func recorded() throws {
        try world.open("summer")
        let before = world.ledger.catalogue
        let change = try world.ledger.apply(
            .fact(.robots(minute())), by: .gateway, at: world.now)
        #expect(change == .recorded)
        #expect(world.ledger.catalogue == before)
    }

    @Test("of no operation, and with figures that nobody can have counted, it is refused")
    func refused() throws {
        try world.open("summer")
        func refusal(_ change: @escaping (inout RobotMinute) -> Void) -> CommandRefusal? {
            do throws(CommandRefusal) {
                _ = try world.ledger.apply(
                    .fact(.robots(minute(change))), by: .gateway, at: world.now)
                return nil
            } catch {
                return error
            }
        }
        let impossible = CommandRefusal.invalid(pointer: "", detail: "must be possible counts")
        #expect(refusal { $0.operation = "winter" } == .unknownOperation("winter"))
        #expect(refusal { $0.until = $0.since.advanced(byMilliseconds: -1) } == impossible)
        #expect(refusal { $0.attempts = -1 } == impossible)
        #expect(refusal { $0.weights = [.init(from: 231, count: 1)] } == impossible)
        #expect(refusal { $0.weights = [.init(from: 64 * 230, count: 1)] } == impossible)
        #expect(refusal { $0.rules = [.init(rule: "", layer: 1, count: 1)] } == impossible)
        #expect(refusal { $0.rules = [.init(rule: "a\u{7}", layer: 1, count: 1)] } == impossible)
        #expect(refusal { $0.rules = [.init(rule: "a", layer: 5, count: 1)] } == impossible)
        #expect(
            refusal {
                $0.tools = (0...LedgerLimits.robotTools).map {
                    .init(tool: "t\($0)", rule: "r", count: 1)
                }
            } == impossible)
        #expect(refusal { $0.ruleset = .init(version: 1, digest: "0123") } == impossible)
        #expect(refusal { _ in } == nil)
    }

    @Test("its longest record fits into what the log takes")
    func bounded() throws {
        let name = String(repeating: "n", count: LedgerLimits.robotNameBytes)
        let longest = minute {
            $0.weights = (0..<RobotMinute.weightSteps).map {
                .init(from: $0 * RobotMinute.weightStep, count: 1_000_000_000_000)
            }
            $0.rules = Array(
                repeating: .init(rule: name, layer: 4, count: 1_000_000_000_000),
                count: LedgerLimits.robotRules)
            $0.tools = Array(
                repeating: .init(tool: name, rule: name, count: 1_000_000_000_000),
                count: LedgerLimits.robotTools)
            $0.origins = Array(
                repeating: .init(kind: .network, name: name, count: 1_000_000_000_000),
                count: LedgerLimits.robotOrigins)
            $0.samples = Array(
                repeating: .init(
                    at: world.now, network: name, verdict: .challenged, weight: -1_000_000,
                    rules: Array(repeating: name, count: LedgerLimits.robotSampleRules),
                    tool: name), count: LedgerLimits.robotSamples)
        }
        #expect(longest.isPlausible)
        let json = try AdministrativeRecord(.fact(.robots(longest)), by: .gateway).json()
        #expect(json.count < 64 << 10, "\(json.count)")
        #expect(json.count < LedgerLimits.administrativeRecordBytes)
    }
}
