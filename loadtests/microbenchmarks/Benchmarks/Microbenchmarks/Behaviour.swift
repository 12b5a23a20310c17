import Benchmark
import Bytes
import Robots

/// Layers 3 and 4 of the robots: what a worker reads of a participant, and what the sequencer's
/// thread notes.
func behaviour() -> [String] {
    [
        measure("behaviour: shape of a participant", .kilo) {
            { benchmark in
                let participant = ByteBuffer.of(EntryText.participant)
                var sum: UInt64 = 0
                let one = UInt64(ParticipantShape(participant.bytes).stem)
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations {
                    sum &+= UInt64(ParticipantShape(participant.bytes).stem)
                }
                benchmark.stopMeasurement()
                try Wrong.unless(sum, is: one &* 1_000, "the stems")
            }
        },
        // Tables that do not fit the cache: the cost in a gateway that is busy with everybody.
        measure("behaviour: note an entry of a million people", .kilo, samples: 1_000) {
            note(Watched(.everybody))
        },
        // One operation on television, whose tables do.
        measure("behaviour: note an entry of a crowd", .kilo, samples: 1_000) {
            note(Watched(.crowd))
        },
        measure("robots: layers 0 to 4, an entry of a million people", .kilo, samples: 1_000) {
            pass(try RobotGate(.everybody))
        },
        // What an entry costs whose head no one else has: at most that of everybody.
        measure("robots: layers 0 to 4, of people whose heads never repeat", .kilo, samples: 1_000)
        {
            pass(try RobotGate(.everybody, .never))
        },
        measureMemory("behaviour: memory of a million people") {
            let before = try residentBytes()
            let watched = Watched(.everybody)
            let taken = try residentBytes() - before
            try Wrong.unless(watched.noted, is: 1_000_000, "entries noted")
            return taken
        },
    ]
}

private func pass(_ gate: RobotGate) -> (Benchmark) throws -> Void {
    { benchmark in
        let entries = gate.nextThousand()
        benchmark.startMeasurement()
        let admitted = gate.judge(entries)
        benchmark.stopMeasurement()
        try Wrong.unless(admitted > 0 ? 1 : 0, is: 1, "people admitted")
    }
}

private func note(_ watched: Watched) -> (Benchmark) throws -> Void {
    { benchmark in
        let entries = watched.nextThousand()
        benchmark.startMeasurement()
        let silent = watched.observe(entries)
        benchmark.stopMeasurement()
        try Wrong.unless(silent > 0 ? 1 : 0, is: 1, "people of whom nothing is said")
    }
}
