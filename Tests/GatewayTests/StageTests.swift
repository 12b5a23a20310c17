import Sockets
import Testing

@testable import Gateway

@Suite("A connection's stages")
struct StageTests {
    typealias Row = (Stage, Stage.Event, Stage)

    static let stages: [Stage] = {
        var stages: [Stage] = [.proxyHeader, .idle, .closing, .lingering]
        stages += [.reading(.head), .reading(.body)]
        for flag in [false, true] {
            stages += [.handshake(isBegun: flag), .writing(isLast: flag)]
            stages.append(.streaming(isHeldUp: flag))
            for isLast in [false, true] {
                stages.append(.waiting(isHeldUp: flag, isLast: isLast))
            }
        }
        return stages
    }()

    static let events: [Stage.Event] = {
        var events: [Stage.Event] = [.handshakeBegun, .handshakeMade, .foundNoRoom]
        events += [.streamBegun, .streamEnded, .heldUp, .released, .ended]
        events += [.partCame(.head), .partCame(.body)]
        for flag in [false, true] {
            events += [.begun(isSecured: flag), .answered(isLast: flag)]
            events += [.handedOver(isLast: flag), .decided(isLast: flag)]
        }
        return events
    }()

    /// Every transition that there is; all others cannot happen.
    static let transitions: [Row] = fixed + begun + waiting

    private static let fixed: [Row] = [
        (.proxyHeader, .begun(isSecured: false), .idle),
        (.proxyHeader, .begun(isSecured: true), .handshake(isBegun: false)),
        (.proxyHeader, .answered(isLast: true), .closing),
        (.handshake(isBegun: false), .handshakeBegun, .handshake(isBegun: true)),
        (.handshake(isBegun: true), .handshakeBegun, .handshake(isBegun: true)),
        (.handshake(isBegun: false), .handshakeMade, .idle),
        (.handshake(isBegun: true), .handshakeMade, .idle),
        (.handshake(isBegun: false), .answered(isLast: true), .closing),
        (.handshake(isBegun: true), .answered(isLast: true), .closing),
        (.waiting(isHeldUp: false, isLast: false), .decided(isLast: false), .idle),
        (.waiting(isHeldUp: false, isLast: false), .decided(isLast: true), .closing),
        (.waiting(isHeldUp: false, isLast: true), .decided(isLast: false), .closing),
        (.waiting(isHeldUp: false, isLast: true), .decided(isLast: true), .closing),
        (
            .waiting(isHeldUp: true, isLast: false), .decided(isLast: false),
            .writing(isLast: false)
        ),
        (.waiting(isHeldUp: true, isLast: false), .decided(isLast: true), .writing(isLast: true)),
        (.waiting(isHeldUp: true, isLast: true), .decided(isLast: false), .writing(isLast: true)),
        (.waiting(isHeldUp: true, isLast: true), .decided(isLast: true), .writing(isLast: true)),
        (.writing(isLast: false), .foundNoRoom, .writing(isLast: true)),
        (.writing(isLast: true), .foundNoRoom, .writing(isLast: true)),
        (.writing(isLast: false), .heldUp, .writing(isLast: false)),
        (.writing(isLast: true), .heldUp, .writing(isLast: true)),
        (.writing(isLast: false), .released, .idle),
        (.writing(isLast: true), .released, .closing),
        (.streaming(isHeldUp: false), .heldUp, .streaming(isHeldUp: true)),
        (.streaming(isHeldUp: true), .heldUp, .streaming(isHeldUp: true)),
        (.streaming(isHeldUp: false), .released, .streaming(isHeldUp: false)),
        (.streaming(isHeldUp: true), .released, .streaming(isHeldUp: false)),
        (.streaming(isHeldUp: false), .streamEnded, .closing),
        (.streaming(isHeldUp: true), .streamEnded, .writing(isLast: true)),
        (.closing, .heldUp, .writing(isLast: true)),
        (.closing, .ended, .lingering),
    ]

    private static let begun: [Row] = {
        var rows: [Row] = []
        for from in [Stage.idle, .reading(.head), .reading(.body)] {
            rows.append((from, .partCame(.head), .reading(.head)))
            rows.append((from, .partCame(.body), .reading(.body)))
            rows.append((from, .answered(isLast: false), .idle))
            rows.append((from, .answered(isLast: true), .closing))
            rows.append((from, .streamBegun, .streaming(isHeldUp: false)))
            rows.append((from, .heldUp, .writing(isLast: false)))
            for isLast in [false, true] {
                rows.append(
                    (from, .handedOver(isLast: isLast), .waiting(isHeldUp: false, isLast: isLast)))
            }
        }
        return rows
    }()

    private static let waiting: [Row] = {
        var rows: [Row] = []
        for isHeldUp in [false, true] {
            for isLast in [false, true] {
                let from = Stage.waiting(isHeldUp: isHeldUp, isLast: isLast)
                rows.append((from, .foundNoRoom, .waiting(isHeldUp: isHeldUp, isLast: true)))
                rows.append((from, .streamBegun, .streaming(isHeldUp: isHeldUp)))
                rows.append((from, .heldUp, .waiting(isHeldUp: true, isLast: isLast)))
                rows.append((from, .released, .waiting(isHeldUp: false, isLast: isLast)))
            }
        }
        return rows
    }()

    @Test("each event in each stage leads where the table says, or cannot happen")
    func transitions() {
        for stage in Self.stages {
            for event in Self.events {
                let rows = Self.transitions.filter { $0.0 == stage && $0.1 == event }
                #expect(rows.count <= 1, "\(stage) \(event)")
                #expect(stage.after(event) == rows.first?.2, "\(stage) \(event)")
            }
        }
    }

    @Test("a connection that has said its last says no more, and none is forgotten")
    func endings() {
        for event in Self.events { #expect(Stage.lingering.after(event) == nil) }
        // From every stage there is a way to the end.
        for start in Self.stages {
            var reached: [Stage] = [start]
            var index = 0
            while index < reached.count {
                for event in Self.events {
                    guard let next = reached[index].after(event), !reached.contains(next) else {
                        continue
                    }
                    reached.append(next)
                }
                index += 1
            }
            #expect(reached.contains(.lingering), "\(start)")
        }
    }

    @Test("a last answer stays the last one, whatever happens before it is sent")
    func last() {
        func isLast(_ stage: Stage) -> Bool {
            switch stage {
            case .waiting(_, let isLast), .writing(let isLast): isLast
            case .closing, .lingering, .streaming: true
            default: false
            }
        }
        for stage in Self.stages where isLast(stage) {
            for event in Self.events {
                guard let next = stage.after(event) else { continue }
                #expect(isLast(next), "\(stage) \(event) \(next)")
            }
        }
    }

    @Test("a stage at rest has a deadline, but where an answer is sure to come", arguments: stages)
    func deadlines(stage: Stage) {
        for isDraining in [false, true] {
            let deadline = stage.deadline(isDraining: isDraining)
            switch stage {
            case .waiting(isHeldUp: false, _), .closing: #expect(deadline == nil)
            default: #expect(deadline != nil)
            }
            #expect(stage.isHeldUp == (deadline == .write))
            if deadline == .leave { #expect(isDraining) }
            if deadline == .idle || deadline == .linger { #expect(!isDraining) }
        }
    }

    @Test("a turn ends as the stage and the input say")
    func turnEnds() {
        for stage in Self.stages {
            for hasRest in [false, true] {
                #expect(stage.turnEnd(.broken, hasRest: hasRest) == .drop)
                for input in [Input.quiet, .readable, .ending] {
                    let end = stage.turnEnd(input, hasRest: hasRest)
                    #expect(end != .drop, "\(stage) \(input)")
                    #expect((end == .linger) == (stage == .closing))
                }
                // A peer that has said all it will is still answered.
                let end = stage.turnEnd(.finished, hasRest: hasRest)
                let isAwaited = stage.isWaiting || stage.isHeldUp && !stage.isStreaming
                #expect((end == .drop) == !isAwaited, "\(stage)")
            }
        }
    }

    @Test("the end of a stream is read, however events and reads follow each other")
    func input() {
        let results: [ReceiveResult] = [.received(7), .wouldBlock, .finished, .broken]
        for input in Input.allCases {
            for isReadable in [false, true] {
                for hasHungUp in [false, true] {
                    let next = input.afterEvent(isReadable: isReadable, hasHungUp: hasHungUp)
                    if input == .finished || input == .broken { #expect(next == input) }
                    if hasHungUp { #expect(next != .quiet && next != .readable) }
                    if isReadable { #expect(next != .quiet) }
                    if input.isReadable { #expect(next.isReadable) }
                }
            }
            for result in results {
                for isEmptied in [false, true] {
                    let next = input.afterRead(result, isEmptied: isEmptied)
                    switch result {
                    case .received:
                        #expect(next.isReadable == (input == .ending || !isEmptied))
                    case .wouldBlock: #expect(next == .quiet)
                    case .finished: #expect(next == .finished)
                    case .broken: #expect(next == .broken)
                    }
                }
            }
        }
    }

    @Test("a drain announces itself, stops listening, and cuts what is left")
    func drain() {
        var limits = Limits()
        limits.drainSeconds = 10
        limits.drainNoticeMilliseconds = 500
        var phase = DrainPhase.serving
        #expect(phase.advance(to: 1_000, connections: 0) == nil)
        #expect(phase.untilNext(now: 1_000) == nil)
        phase.begin(limits, now: 1_000)
        #expect(phase.isDraining)
        #expect(phase.untilNext(now: 1_100) == 400)
        #expect(phase.advance(to: 1_499, connections: 1) == nil)
        #expect(phase.advance(to: 1_500, connections: 1) == .stopListening)
        #expect(phase.advance(to: 1_500, connections: 1) == nil)
        #expect(phase.untilNext(now: 1_500) == 9_500)
        #expect(phase.advance(to: 11_000, connections: 2) == .cutAll)
        #expect(phase.advance(to: 11_000, connections: 0) == nil)
        // Without connections there is nobody to notify.
        phase.begin(limits, now: 20_000)
        #expect(phase.advance(to: 20_000, connections: 0) == .stopListening)
        // A drain that may take no time cuts at once.
        limits.drainSeconds = 0
        phase.begin(limits, now: 30_000)
        #expect(phase.advance(to: 30_000, connections: 1) == .stopListening)
        #expect(phase.advance(to: 30_000, connections: 1) == .cutAll)
    }
}
