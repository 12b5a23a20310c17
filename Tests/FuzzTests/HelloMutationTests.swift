import Testing

@Suite("Changed ClientHellos are read as a plain reading has them")
struct HelloMutationTests {
    /// Small and the same each time (Steele, Lea and Flood 2014: SplitMix64).
    private struct Draw {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return Int((word ^ word >> 31) % UInt64(bound))
        }
    }

    @Test("bytes changed, moved, cut and doubled")
    func changed() throws {
        var draw = Draw(state: 7)
        for (file, input) in try Corpus.inputs(of: "hello") {
            for _ in 0..<400 {
                var bytes = input
                for _ in 0...draw.below(4) {
                    let place = draw.below(bytes.count)
                    switch draw.below(4) {
                    case 0: bytes[place] = UInt8(draw.below(256))
                    case 1: bytes[place] ^= 1 << UInt8(draw.below(8))
                    case 2: bytes.remove(at: place)
                    default: bytes.insert(bytes[place], at: place)
                    }
                }
                if draw.below(2) == 0, bytes.count > 4 {
                    // The outermost length fits again: more of it is read.
                    bytes[1] = 0
                    bytes[2] = UInt8(truncatingIfNeeded: (bytes.count - 4) >> 8)
                    bytes[3] = UInt8(truncatingIfNeeded: bytes.count - 4)
                }
                do {
                    try HelloTarget.run(bytes)
                } catch {
                    Issue.record("\(file): \(error): \(bytes)")
                    return
                }
            }
        }
    }
}
