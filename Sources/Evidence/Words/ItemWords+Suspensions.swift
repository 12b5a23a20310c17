internal import Contract
internal import Ledger
internal import Time

/// Sentences about suspensions of an operation or its client, and about what was said between the
/// parties.
extension ItemWords {
    /// - Parameter source: what is suspended, an operation or its client.
    func suspension(_ order: SuspensionOrder, of source: SuspensionInForce.Source) -> String {
        var values = ["ground": language.term(order.ground.rawValue)]
        values["until"] = order.until.map { time($0) }
        let isOfClient = source == .client
        let phrase: EventPhrase =
            if order.isDefinitive {
                isOfClient ? .clientSuspendedForGood : .suspendedForGood
            } else if order.until == nil {
                isOfClient ? .clientSuspendedOpenEnd : .suspendedOpenEnd
            } else {
                isOfClient ? .clientSuspendedUntil : .suspendedUntil
            }
        return say(phrase, values) + basis(order.basis) + note(order.note)
    }

    private func basis(_ basis: SuspensionBasis) -> String {
        var text = ""
        if let notice = basis.notice {
            let delivered = time(notice.deliveredAt)
            text += " " + say(.noticeDelivered, ["time": delivered])
        }
        if basis.isUrgent { text += " " + say(.urgent) }
        if basis.fault == .operator { text += " " + say(.operatorFault) }
        return text
    }

    func sentence(_ command: ClientCommand) -> String {
        switch command {
        case .suspend(_, let order): suspension(order, of: .client)
        case .resume(_, let note, let confirm):
            say(confirm == nil ? .clientResumed : .clientResumedConfirmed) + self.note(note)
        case .addNote(_, let operation, let text):
            say(operation == nil ? .exchangeWithClient : .exchange, ["text": text])
        }
    }

    func calendar(_ calendar: OperatorCalendar) -> String {
        say(
            .calendarSet,
            ["zone": calendar.timeZone, "holidays": language.term(calendar.holidays.rawValue)])
    }
}
