import Benchmark
import Foundation

/// What was measured did not do what it says it does: its figures are worth nothing.
struct Wrong: Error, CustomStringConvertible {
    let description: String

    /// Throws unless the two are the same.
    static func unless(
        _ found: UInt64, is expected: UInt64, _ what: String
    ) throws(Wrong) {
        if found != expected {
            throw Wrong(description: "\(what): \(found), and should be \(expected)")
        }
    }
}

/// Registers a benchmark and returns its name.
///
/// - Parameters:
///   - name: `part: what is done`; without `_` and `/`, which stand for others in file names.
///   - operations: how many a sample is of. What is measured does them between
///     `startMeasurement()` and `stopMeasurement()`; the time of one is the sample's divided by
///     them, with nothing subtracted. `loadtests/micro` reads the number from the tag.
///   - samples: how many at most; fewer where they have taken `seconds` together.
///   - prepare: makes what is measured, once, when the benchmark is about to run (all are
///     registered each time one runs), and returns what takes a sample. What either of them throws
///     ends the run in failure.
func measure(
    _ name: String, _ operations: BenchmarkScalingFactor, samples: Int = 2_000, seconds: Int = 1,
    _ prepare: @escaping () throws -> (Benchmark) throws -> Void
) -> String {
    var sample: ((Benchmark) throws -> Void)?
    var failure: (any Error)?
    let configuration = Benchmark.Configuration(
        metrics: [.wallClock, .instructions], tags: ["operations": String(operations.rawValue)],
        timeUnits: .nanoseconds, units: [.instructions: .count], warmupIterations: 3,
        scalingFactor: operations, maxDuration: .seconds(seconds), maxIterations: samples)
    Benchmark(name, configuration: configuration) { benchmark in
        do {
            try sample?(benchmark)
        } catch {
            failure = error
            benchmark.error("\(error)")
        }
    } setup: {
        do {
            sample = try prepare()
        } catch {
            end(name, error)
        }
    } teardown: {
        sample = nil
        if let failure { end(name, failure) }
    }
    return name
}

/// Registers a benchmark that measures how much memory something takes and returns its name.
///
/// - Parameter take: makes it and returns by how many bytes that made the process larger.
func measureMemory(_ name: String, _ take: @escaping () throws -> Int) -> String {
    var failure: (any Error)?
    // `loadtests/micro` knows it by this name.
    let resident = BenchmarkMetric.custom(
        "residentBytes", polarity: .prefersSmaller, useScalingFactor: false)
    let configuration = Benchmark.Configuration(
        metrics: [resident], tags: ["operations": "1"], units: [resident: .count],
        warmupIterations: 0, scalingFactor: .one, maxDuration: .seconds(60), maxIterations: 1)
    Benchmark(name, configuration: configuration) { benchmark in
        do {
            benchmark.measurement(resident, try take())
        } catch {
            failure = error
            benchmark.error("\(error)")
        }
    } teardown: {
        if let failure { end(name, failure) }
    }
    return name
}

/// Bytes of the process's memory that it has at hand.
func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    guard let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
        throw Wrong(description: "/proc/self/statm says \(text)")
    }
    return pages * Int(getpagesize())
}

/// Ends the process, so that the run's status tells of the failure: what is only reported to the
/// library leaves it at 0. Not from within a sample, where nothing that is printed is seen.
private func end(_ name: String, _ error: any Error) -> Never {
    FileHandle.standardError.write(Data("microbenchmarks: \(name): \(error)\n".utf8))
    exit(EXIT_FAILURE)
}

/// A generator with a seed, so that every run measures the same. SplitMix64 (Steele, Lea, Flood
/// 2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
