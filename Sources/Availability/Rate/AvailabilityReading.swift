/// PC, DS and TxD of a span by one reading of the terms (C9, C10), in minutes.
package struct AvailabilityReading: Equatable, Sendable, BitwiseCopyable {
    /// PC: the minutes that count.
    package let pcMinutes: Int64
    /// DS: those of PC in which the service was accessible for the client.
    package let dsMinutes: Int64
    /// Those of PC that were not measured. They are not in DS.
    package let unmeasuredMinutes: Int64

    /// - Precondition: DS and the unmeasured minutes are parts of PC.
    package init(pcMinutes: Int64, dsMinutes: Int64, unmeasuredMinutes: Int64) {
        precondition(
            dsMinutes >= 0 && unmeasuredMinutes >= 0 && dsMinutes + unmeasuredMinutes <= pcMinutes,
            "DS and unmeasured minutes are parts of PC")
        self.pcMinutes = pcMinutes
        self.dsMinutes = dsMinutes
        self.unmeasuredMinutes = unmeasuredMinutes
    }

    /// Those of PC that are not in DS: they use the error budget up.
    package var lostMinutes: Int64 { pcMinutes - dsMinutes }

    /// Those of PC that were found to be not accessible.
    package var notAccessibleMinutes: Int64 { lostMinutes - unmeasuredMinutes }

    /// TxD = DS × 100 / PC in thousandths of a per cent, cut off and not rounded: a rate below the
    /// commitment must not be shown as one that meets it. `nil` where PC has no minute.
    package var thousandthsOfPercent: Int64? {
        pcMinutes > 0 ? dsMinutes * 100_000 / pcMinutes : nil
    }

    /// TxD as ``thousandthsOfPercent`` has it: `99.953`.
    package var percentText: String? {
        thousandthsOfPercent.map { thousandths in
            let rest = String(thousandths % 1_000)
            let zeros = String(repeating: "0", count: 3 - rest.count)
            return "\(thousandths / 1_000).\(zeros)\(rest)"
        }
    }

    /// Whether TxD reaches the commitment, exactly. A span without a minute breaks no promise.
    package func meets(_ commitment: Commitment) -> Bool {
        dsMinutes * Commitment.whole >= pcMinutes * commitment.millionths
    }
}
