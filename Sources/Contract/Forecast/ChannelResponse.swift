/// Figures on how a channel's recipients answer, measured or assumed.
///
/// Every figure without a source is an assumption and says so; assumptions err towards a peak that
/// is too high. A client's own figures are better than all of these.
///
/// Decisions on record rest on the length, the peak and the response of each channel's curve (see
/// ``Declarations/accountFor(_:within:at:)``): `FORMAT.md` has them, and a change of one is a
/// change of the format.
package struct ChannelResponse: Equatable, Sendable {
    package let curve: ResponseCurve
    /// The source of the times at which recipients answer.
    package let timing: Basis
    /// The source of the share of recipients who answer.
    package let rate: Basis

    package init(curve: ResponseCurve, timing: Basis, rate: Basis) {
        self.curve = curve
        self.timing = timing
        self.rate = rate
    }

    /// The source of a figure.
    package struct Basis: Equatable, Sendable {
        /// The published measurements, as cited; `nil` if everything is an assumption.
        package let source: String?
        /// What was measured, and what is assumed in addition.
        package let remark: String

        package init(source: String?, remark: String) {
            self.source = source
            self.remark = remark
        }

        /// One or two sentences; an assumption is marked first.
        package var text: String {
            source.map { "\(remark) Source: \($0)." } ?? "ASSUMPTION: \(remark)"
        }

        static func measured(_ remark: String, by source: String) -> Basis {
            Basis(source: source, remark: remark)
        }

        static func assumed(_ remark: String) -> Basis { Basis(source: nil, remark: remark) }
    }
}

extension Channel {
    /// The figures that a plan uses if the client has none.
    package var response: ChannelResponse {
        switch self {
        case .email: .email
        case .sms: .sms
        case .television: .television
        case .radio: .radio
        case .social: .social
        case .display: .display
        case .press: .press
        case .other: .other
        }
    }
}

extension ChannelResponse {
    /// The wave of the load tests, `loadtests/scenarios/profiles/email-wave.json`, and what comes
    /// after its day: 336, 514 and 810 of a thousand clicks after 1, 3 and 24 hours.
    fileprivate static let email = ChannelResponse(
        curve: ResponseCurve(
            100,
            [
                180: 8, 300: 22, 600: 65, 900: 103, 1_800: 203, 3_600: 336, 5_400: 402,
                10_800: 514, 18_000: 591, 86_400: 810, 259_200: 1_000,
            ]),
        timing: .measured(
            "33.6 %, 51.4 % and 81 % of all clicks come within 1, 3 and 24 hours; how they rise in "
                + "the first minutes, and that the rest comes by the third day, is assumed.",
            by: "GetResponse, Email Marketing Benchmarks 2020 (5.5 billion messages, July 2019 to "
                + "June 2020)"),
        rate: .assumed(
            "10 % enter, three times the clicks of an ordinary newsletter (3.43 %, GetResponse, as "
                + "reported by MediaPost in 2022), because a prize draws more."))

    fileprivate static let sms = ChannelResponse(
        curve: ResponseCurve(
            140, [60: 50, 300: 220, 900: 430, 3_600: 700, 10_800: 850, 86_400: 1_000]),
        timing: .measured(
            "43 % of all responses come within 15 minutes; what is before and after is assumed.",
            by: "Dynmark 2013 (nearly a billion messages), as reported by MarketingCharts, "
                + "14 June 2013"),
        rate: .measured(
            "14 % of recipients click where the message is about entertainment (4 % on average); "
                + "that each of them enters is assumed.",
            by: "Dynmark 2013, as reported by MarketingCharts, 14 June 2013"))

    /// The spot of the load tests, `loadtests/scenarios/profiles/television-spot.json`: seconds
    /// from the beginning of a spot of 15 seconds, the peak after 28.
    fileprivate static let television = ChannelResponse(
        curve: ResponseCurve(
            20,
            [
                6: 3, 12: 22, 20: 94, 26: 177, 30: 239, 36: 325, 48: 467, 60: 571, 90: 737,
                120: 829, 180: 924, 300: 1_000,
            ]),
        timing: .measured(
            "Visits peak 13 seconds after the end of a spot, of 15 seconds here; how they rise and "
                + "die away within five minutes is assumed.",
            by: "Kitts et al., Can Television Advertising Impact Be Measured on the Web? (2014)"),
        rate: .assumed("2 % of those who see the spot enter at once."))

    /// Later answers count as early ones, so the peak is too high rather than too low.
    fileprivate static let radio = ChannelResponse(
        curve: ResponseCurve(20, [60: 150, 180: 450, 300: 650, 600: 900, 900: 1_000]),
        timing: .assumed(
            "all answer within 15 minutes, the window that a study of Radiocentre Ireland and "
                + "Colourtext (2023) calls short-term; it found that many come later."),
        rate: .assumed("2 % of those who hear the spot enter."))

    fileprivate static let social = ChannelResponse(
        curve: ResponseCurve(
            20, [1_800: 150, 3_600: 260, 10_080: 500, 28_800: 750, 86_400: 920, 259_200: 1_000]),
        timing: .measured(
            "Half of all clicks on a link come within 2.8 hours on Twitter, 3.2 on Facebook, "
                + "counted from its peak; the shorter time counts here, from the posting, and the "
                + "rest of the shape is assumed.",
            by: "Bitly, half-life of 1,000 popular links, 2011, as reported by I Programmer, "
                + "11 September 2011"),
        rate: .assumed(
            "2 % of those who see it enter, twice the clicks of an advertisement on Facebook "
                + "(0.90 %, WordStream 2017, as reported by Larry Kim)."))

    fileprivate static let display = ChannelResponse(
        curve: ResponseCurve(1, [3_600: 1_000]),
        timing: .assumed(
            "a wave is shown evenly within one hour, and who clicks does so at once: how quickly "
                + "banners are shown is for the client to say."),
        rate: .measured(
            "0.10 % of those to whom a banner is shown click; that each of them enters is assumed.",
            by: "DoubleClick, 2009 Year-in-Review Benchmarks"))

    fileprivate static let press = ChannelResponse(
        curve: ResponseCurve(10, [3_600: 200, 10_800: 500, 43_200: 850, 86_400: 1_000]),
        timing: .assumed("a daily paper, half of whose answers come within three hours."),
        rate: .assumed("1 % of readers enter."))

    /// Answers quicker than for any channel except a broadcast.
    fileprivate static let other = ChannelResponse(
        curve: ResponseCurve(100, [900: 500, 3_600: 1_000]),
        timing: .assumed("half answer within 15 minutes, everybody within an hour."),
        rate: .assumed("10 % enter."))
}
