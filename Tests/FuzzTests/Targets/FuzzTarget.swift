/// One parser that meets the wire or a file from outside, with what must hold of it for any input.
///
/// The fuzzer (`Tests/Fuzzing`) draws the inputs, the tests replay those that were kept in its
/// `corpus`.
/// A trap is a finding, and so is every ``Finding`` that the target throws. A target keeps nothing
/// from one input to the next: an input says the same whenever it is given.
package struct FuzzTarget: Sendable {
    /// Names the folder below `Tests/Fuzzing/corpus`, and a dictionary if there is one.
    package let name: String
    /// Longer inputs show nothing that shorter ones do not.
    package let maximumBytes: Int
    package let run: @Sendable ([UInt8]) throws -> Void

    /// A new target is a new file and a line here.
    package static let all: [FuzzTarget] = [
        FuzzTarget(name: "http", maximumBytes: 4_096, run: HTTPTarget.run),
        FuzzTarget(name: "response", maximumBytes: 2_048, run: ResponseTarget.run),
        FuzzTarget(name: "proxy", maximumBytes: 320, run: ProxyTarget.run),
        FuzzTarget(name: "forwarded", maximumBytes: 256, run: ForwardedTarget.run),
        FuzzTarget(name: "json", maximumBytes: 4_096, run: JSONTarget.run),
        FuzzTarget(name: "entry", maximumBytes: 2_048, run: EntryTarget.run),
        FuzzTarget(name: "person", maximumBytes: 320, run: PersonTarget.run),
        FuzzTarget(name: "admin", maximumBytes: 2_048, run: AdminTarget.run),
        FuzzTarget(name: "ticket", maximumBytes: 128, run: TicketTarget.run),
        FuzzTarget(name: "solution", maximumBytes: 2_048, run: SolutionTarget.run),
        FuzzTarget(name: "signature", maximumBytes: 1_024, run: SignatureTarget.run),
        FuzzTarget(name: "accept", maximumBytes: 512, run: AcceptTarget.run),
        FuzzTarget(name: "fields", maximumBytes: 512, run: FieldsTarget.run),
        FuzzTarget(name: "encodings", maximumBytes: 512, run: EncodingsTarget.run),
        FuzzTarget(name: "sealed", maximumBytes: 512, run: SealedTarget.run),
        FuzzTarget(name: "journal", maximumBytes: 512, run: LogTarget.run),
        FuzzTarget(name: "record", maximumBytes: 2_048, run: RecordTarget.run),
        FuzzTarget(name: "fold", maximumBytes: 4_096, run: FoldTarget.run),
        FuzzTarget(name: "snapshot", maximumBytes: 256, run: SnapshotTarget.run),
        FuzzTarget(name: "plan", maximumBytes: 512, run: PlanTarget.run),
        FuzzTarget(name: "robots", maximumBytes: 2_048, run: RobotsTarget.run),
        FuzzTarget(name: "hello", maximumBytes: 2_048, run: HelloTarget.run),
        FuzzTarget(name: "grpc", maximumBytes: 2_048, run: GRPCTarget.run),
        FuzzTarget(name: "etcd", maximumBytes: 2_048, run: EtcdTarget.run),
        FuzzTarget(name: "link", maximumBytes: 2_048, run: LinkTarget.run),
        FuzzTarget(name: "zone", maximumBytes: 256, run: ZoneTarget.run),
        FuzzTarget(name: "zonefile", maximumBytes: 2_048, run: ZoneFileTarget.run),
    ]

    package static func named(_ name: String) -> FuzzTarget? {
        all.first { $0.name == name }
    }
}

/// Something that must hold of every input, and does not of this one.
package struct Finding: Error, CustomStringConvertible {
    package let description: String
}

/// Throws where something does not hold.
func require(_ holds: Bool, _ rule: @autoclosure () -> String) throws(Finding) {
    if !holds { throw Finding(description: rule()) }
}

/// The input as a number: for choices that a target makes, the same for the same input (FNV-1a).
func fingerprint(_ input: [UInt8]) -> UInt64 {
    input.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
}

/// Draws from an input what a target needs; zeros where it has come to its end.
struct InputReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { at >= bytes.count }

    mutating func byte() -> UInt8 {
        guard at < bytes.count else { return 0 }
        at += 1
        return bytes[at - 1]
    }

    /// Least significant byte first.
    mutating func word(bytes count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(byte()) << UInt64($1 * 8) }
    }

    mutating func rest() -> [UInt8] {
        defer { at = bytes.count }
        return Array(bytes[min(at, bytes.count)...])
    }
}
