internal import Bytes
internal import Cluster
internal import Ledger
internal import Projections
internal import Synchronization

/// Where a leader takes the changes that operators have asked other nodes for. They are decided as
/// its own are, by the same call. The other node has looked at the token and its role by what it
/// had followed to; whether the token still works is looked at again here.
final class CommandDesk: LinkedCommands {
    private let control: Control

    init(_ control: Control) { self.control = control }

    func take(
        _ command: [UInt8], _ answer: @escaping @Sendable (_ outcome: [UInt8]) -> Void
    ) -> Bool {
        guard let command = command.withBytes({ ForwardedCommand($0) }) else { return false }
        let control = control
        Task(executorPreference: control.executors[.measure]) {
            let result = await Self.result(of: command, control)
            var outcome = ByteBuffer(capacity: 256)
            // Behind the outcome: its record is among them.
            ForwardedOutcome(
                number: command.number,
                records: control.shared.durableRecords.load(ordering: .acquiring), result
            ).append(to: &outcome)
            answer(outcome.bytes.array)
        }
        return true
    }

    private static func result(
        of command: ForwardedCommand, _ control: Control
    ) async -> ForwardedOutcome.Result {
        let shared = control.shared
        if let token = command.token {
            let found = control.tokens.credential(
                of: token, among: shared.projected, at: shared.ledgerTime)
            guard case .token = found else { return .failed(.noToken) }
        }
        guard !command.record.isEmpty else {
            // A node that was deposed, and has not learned it, knows less than was acknowledged.
            return .outcome(
                await control.hasProvenOffice()
                    ? .decided(.success(.none), at: shared.ledgerTime) : .handedOver)
        }
        let request: ChangeRequest
        do {
            request = try ChangeRequest(command)
        } catch {
            return .failed(.unreadChange("\(error)"))
        }
        // What a gateway records by itself is its leader's to say.
        guard request.record.author.role != .gateway else {
            return .failed(.unreadChange("it is by a gateway"))
        }
        // What writes or reads files and keys holds up no measure.
        let work = request.record.command.vaultWork
        return await Task(executorPreference: control.executors[work]) {
            () async -> ForwardedOutcome.Result in
            do throws(Problem) {
                return .outcome(try await control.decideHere(request))
            } catch {
                return .failed(error)
            }
        }.value
    }
}
