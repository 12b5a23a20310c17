import Benchmark
import Bytes
import Cryptography
import Ledger
import Time

/// What layer 0 of the robots' rules costs: an entry that comes with a permit, as its worker looks
/// at it. What has no permit pays for asking whether it has one.
func permits() -> [String] {
    [
        measure("permit: check, from anywhere", .kilo) {
            let gate = try PermitGate()
            return { benchmark in
                var admitted: UInt64 = 0
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations where gate.admits() { admitted += 1 }
                benchmark.stopMeasurement()
                try Wrong.unless(admitted, is: 1_000, "entries that may go on")
            }
        }
    ]
}

/// A permit, and an entry that comes with it every millisecond.
private final class PermitGate {
    private let sent: SentHead
    private let permit: PermitProfile
    private var scratch = ByteBuffer(capacity: 32)
    private var nanoseconds: UInt64 = 1_000_000_000

    /// 2026-11-20T12:00:00Z.
    private static let time = Timestamp(milliseconds: 1_795_176_000_000)

    init() throws {
        let settings = OperationSettings(
            client: "acme", title: "Summer", rule: .once, robots: .observe, policy: .advise)
        let terms = PermitTerms(
            operation: "summer", perSecond: 1_000, starts: Self.time,
            ends: Self.time.advanced(byMilliseconds: 60_000))
        var ledger = Ledger()
        let commands: [AdministrativeCommand] = [
            .contract(.putClient(id: "acme", name: "Acme")),
            .operation(.put(id: "summer", settings: settings, dataKeyID: "summer-data")),
            .permit(.issue(permitID: "pt-1", terms)),
        ]
        for command in commands { _ = try ledger.apply(command, by: .admin, at: Self.time) }
        permit = PermitProfile(
            ledger.catalogue.permits[0], index: 0, key: SipKey(SymmetricKey.random()))
        let lines = EntryText.request.split(separator: "\r\n", maxSplits: 1)
        sent = try SentHead(
            "\(lines[0])\r\nPortillon-Permit: \(permit.token.text)\r\n\(lines[1])")
    }

    @inline(never)
    func admits() -> Bool {
        nanoseconds &+= 1_000_000
        guard let token = sent.permit(&scratch), token.isSigned(as: permit.token),
            permit.refusal(of: 0, at: Self.time) == nil
        else { return false }
        return permit.countIfInPace(at: nanoseconds)
    }
}
