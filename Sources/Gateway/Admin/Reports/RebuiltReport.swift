internal import Availability
package import Cryptography
package import Ledger
package import Time

/// A monthly report made from a log again, by what a given one says of itself (C15).
package struct RebuiltReport {
    /// As the gateway answers it.
    package let json: [UInt8]

    /// - Parameters:
    ///   - ledger: as it is behind the batch with the claim's last record.
    ///   - chain: the log's chain value there.
    ///   - time: that batch's. No report ends before the last record that it rests on.
    /// - Returns: nil where the ledger does not know the client.
    package init?(
        _ claim: ReportClaim, from ledger: borrowing Ledger, chain: SHA256Digest,
        at time: Timestamp
    ) {
        let position = ReportPosition(
            sequence: claim.sequence, chain: chain, until: max(claim.until, time))
        let catalogue = ledger.catalogue
        let client = claim.client.flatMap { catalogue.client($0) }
        if claim.client != nil, client == nil { return nil }
        switch claim.report {
        case .availability:
            json = ControlReply.json(
                AvailabilityView(
                    claim.month, of: client, catalogue, position,
                    for: claim.audience ?? .operator))
        case .statement:
            json = ControlReply.json(
                StatementView(
                    ConsumptionQuestion.Answer(
                        statement: ledger.consumption(in: claim.month, by: client?.id),
                        calendar: catalogue.calendar, asOf: position), client: client?.id))
        }
    }
}
