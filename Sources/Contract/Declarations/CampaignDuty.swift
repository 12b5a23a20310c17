/// What C1 demands of a campaign: every one is declared before it starts, and the terms name some
/// expressly.
///
/// What a machine can recognise of it: nobody tells a gateway how many people an undeclared mailing
/// went to, or that a spot was broadcast. It sees entries: their `source` tag, which no declaration
/// names, or their number, which nothing announced (``MissingNotice``). So the duty is the client's
/// to know, and `portillon plan` states it; the ladder acts on what is seen.
package enum CampaignDuty: Equatable, Sendable {
    /// A television or radio spot, or advertising on a social network: named without a figure, so
    /// it is declared whatever its reach.
    case namedWithoutFigure
    /// E-mail, SMS or any other channel, to more than 100,000 people together with the operation's
    /// campaigns that run at the same time: "particularly".
    case particularly
    /// Any other campaign: declared all the same.
    case everyCampaign

    /// - Parameter besideRecipients: the recipients of the operation's other campaigns that run at
    ///   the same time. They add up: two mailings to 60,000 people each are one to 120,000.
    package init(_ channel: Channel, recipients: UInt32, besideRecipients: UInt64 = 0) {
        let (together, isOver) = besideRecipients.addingReportingOverflow(UInt64(recipients))
        if channel.isNamedWithoutFigure {
            self = .namedWithoutFigure
        } else if isOver || together > UInt64(Cover.undeclaredRecipients) {
            self = .particularly
        } else {
            self = .everyCampaign
        }
    }
}

extension Channel {
    /// Whether C1 names the channel without a number of recipients.
    package var isNamedWithoutFigure: Bool {
        switch self {
        case .television, .radio, .social: true
        case .email, .sms, .display, .press, .other: false
        }
    }
}
