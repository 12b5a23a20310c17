internal import Ledger
internal import Log
internal import Time

/// What operations used in a month, asked for by the control side.
extension Sequencer {
    /// Answers one question a turn, behind the batch: everything that the ledger has counted is
    /// stored, so the answer is that of one record. Linear in all operations.
    mutating func answerConsumption() {
        guard let question = shared.consumption.next() else { return }
        let end = log.durableEnd
        question.answer(
            ConsumptionLane.Answer(
                statement: ledger.consumption(in: question.month, by: question.client),
                calendar: ledger.catalogue.calendar,
                asOf: ReportPosition(
                    sequence: end.nextSequence - 1, chain: end.chain, until: latest)))
    }
}
