import Foundation
import Testing

@Suite("Inputs that the fuzzer kept say nothing new")
struct CorpusTests {
    /// More than a slow machine in a debug build takes; a hang takes for ever.
    static let limitSeconds = 300.0

    @Test("each input of the corpus holds, in time", arguments: FuzzTarget.all.map(\.name))
    func corpusHolds(_ name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let inputs = try Corpus.inputs(of: name)
        #expect(inputs.count >= 3, "the corpus of \(name) is as good as empty")
        for (file, input) in inputs {
            switch Trial.run(target, input, limitSeconds: Self.limitSeconds) {
            case .held: break
            case .found(let text): Issue.record("\(file): \(text)")
            case .hung:
                Issue.record("\(file): takes more than \(Self.limitSeconds) s")
                return
            }
        }
    }

    @Test("nothing and a single byte hold for every target", arguments: FuzzTarget.all.map(\.name))
    func shortestInputsHold(_ name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        try target.run([])
        for byte in UInt8.min...UInt8.max { try target.run([byte]) }
    }

    @Test("the corpus has no folder without a target, and stays small")
    func corpusIsTidy() throws {
        let names = Set(FuzzTarget.all.map(\.name))
        let folders = try Corpus.folders()
        #expect(Set(folders) == names)
        let bytes = try folders.flatMap(Corpus.inputs).reduce(0) { $0 + $1.input.count }
        #expect(bytes < 1 << 20, "\(bytes) bytes: minimise it with ops/fuzz --merge")
    }

    @Test("an input that takes too long, and one that finds something, are told")
    func trialsTell() {
        let gate = DispatchSemaphore(value: 0)
        let stuck = FuzzTarget(name: "stuck", maximumBytes: 1) { _ in gate.wait() }
        #expect(Trial.run(stuck, [], limitSeconds: 0.01) == .hung)
        gate.signal()
        let wrong = FuzzTarget(name: "wrong", maximumBytes: 1) { input in
            try require(input.isEmpty, "not empty")
        }
        #expect(Trial.run(wrong, [], limitSeconds: Self.limitSeconds) == .held)
        #expect(Trial.run(wrong, [1], limitSeconds: Self.limitSeconds) == .found("not empty"))
    }
}

/// The inputs in the repository.
enum Corpus {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fuzzing/corpus")

    static func folders() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.path).filter { !$0.hasPrefix(".") }
    }

    static func inputs(of target: String) throws -> [(file: String, input: [UInt8])] {
        let folder = root.appending(path: target)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            (target + "/" + $0, [UInt8](try Data(contentsOf: folder.appending(path: $0))))
        }
    }
}

/// One input given to one target, on a thread that is left behind if it does not come back.
enum Trial: Equatable {
    case held
    case found(String)
    case hung

    static func run(_ target: FuzzTarget, _ input: [UInt8], limitSeconds: Double) -> Trial {
        let result = Box()
        let done = DispatchSemaphore(value: 0)
        Thread {
            do { try target.run(input) } catch { result.set("\(error)") }
            done.signal()
        }.start()
        guard done.wait(timeout: .now() + limitSeconds) == .success else { return .hung }
        return result.text.map(Trial.found) ?? .held
    }

    /// What the thread found; locked, because it may come when nobody waits any more.
    private final class Box: @unchecked Sendable {
        private let lock = NSLock()
        private var found: String?

        var text: String? { lock.withLock { found } }

        func set(_ text: String) {
            lock.withLock { found = text }
        }
    }
}
