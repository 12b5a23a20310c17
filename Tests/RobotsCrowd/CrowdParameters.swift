/// What a crowd of people is made of. Two sets: ``first`` to develop with, ``second`` to check
/// with, which differs in everything and is not tuned to.
///
/// Where a figure has no source beside it, it is an assumption, on the careful side: more alike
/// than people are.
package struct CrowdParameters: Sendable {
    package var name: String
    package var participants: ParticipantSource
    package var browsers: Weighted<Browser>
    /// How much of the crowd's places are which: the rest is homes.
    package var mobileShare: Double
    package var officeShare: Double
    package var schoolShare: Double
    package var showShare: Double
    /// Carriers share addresses: networks of 64 of them each (Richter et al., "A Multi-perspective
    /// Analysis of Carrier-Grade NAT Deployment", 2016: nearly all cellular networks).
    package var carriers: [Double]
    package var networksPerCarrier: Int
    /// People to a home that takes part.
    package var familySizes: Weighted<Int>
    /// Time to fill the form, in seconds, log-normal as times that people take are (Barabási 2005;
    /// Liu, White and Dumais, "Understanding Web Browsing Behaviors through Weibull Analysis of
    /// Dwell Time", 2010).
    package var formMedianSeconds: Double
    package var formSigma: Double
    /// How often the edge knows that time.
    package var formKnown: Double
    /// Who sends twice within seconds (double clicks, reloads), and who comes back later.
    package var doubleShare: Double
    package var returnShare: Double
    package var fields: FieldsSource
    /// Share of the people that the first wave brings; its decay in seconds. The rest comes evenly.
    package var waveShare: Double
    package var waveSeconds: Double
    /// Seven in ten of a flash crowd come by these: an application's message, a video.
    package var flashFamilies: Set<String>

    /// How long a person takes for the form; 0 where the edge does not know.
    package func formMilliseconds(_ draw: inout Draw) -> Int {
        let seconds = max(draw.logNormal(median: formMedianSeconds, sigma: formSigma), 3)
        return draw.chance(formKnown) ? Int(seconds * 1_000) : 0
    }

    /// What the form asks for beside the participant.
    package enum FieldsSource: Sendable {
        /// Three questions with four answers, the first of which most find.
        case quiz
        /// A game's score and time: hardly ever the same.
        case score
        case none

        package func text(_ draw: inout Draw) -> String {
            switch self {
            case .none: return ""
            case .score:
                let score = Int(draw.logNormal(median: 900, sigma: 0.6))
                return "{\"score\":\(score),\"seconds\":\(20 + draw.below(70)).\(draw.below(10))}"
            case .quiz:
                let answers = (0..<3).map { _ in
                    draw.pick(Weighted([("A", 0.62), ("B", 0.2), ("C", 0.1), ("D", 0.08)]))
                }
                let news = draw.chance(0.3)
                return "{\"answers\":[\(answers.joined(separator: ","))],\"newsletter\":\(news)}"
            }
        }
    }
}

extension CrowdParameters: CustomStringConvertible {
    package var description: String { name }

    package static let first = CrowdParameters(
        name: "first",
        participants: ParticipantSource(
            identity: .mail,
            styles: Weighted([
                (.dotted, 0.22), (.joined, 0.12), (.initial, 0.07), (.reversed, 0.06),
                (.firstAndNumber, 0.12), (.dottedAndNumber, 0.1), (.nickname, 0.17),
                (.joinedAndNumber, 0.07), (.initialAndNumber, 0.04), (.underscored, 0.03),
            ]),
            domains: Weighted([
                ("gmail.com", 0.45), ("hotmail.fr", 0.1), ("hotmail.com", 0.06),
                ("outlook.fr", 0.05),
                ("orange.fr", 0.08), ("wanadoo.fr", 0.03), ("free.fr", 0.05), ("yahoo.fr", 0.06),
                ("sfr.fr", 0.03), ("laposte.net", 0.03), ("icloud.com", 0.03), ("live.fr", 0.03),
            ]),
            names: NameSource(
                first: NameSource.Law(count: 1_500, exponent: 0.9, offset: 12),
                last: NameSource.Law(count: 40_000, exponent: 0.8, offset: 25)),
            capitals: 0.04),
        browsers: Browser.all(
            [
                Browser.Family("iPhone Safari", 0.25, [0.55, 0.2, 0.1, 0.08, 0.07]),
                Browser.Family("Android Chrome", 0.24, [0.7, 0.15, 0.08, 0.07]),
                Browser.Family("Windows Chrome", 0.15, [0.75, 0.15, 0.1]),
                Browser.Family("Edge", 0.06, [0.8, 0.2]),
                Browser.Family("Firefox", 0.05, [0.6, 0.25, 0.15]),
                Browser.Family("Mac Safari", 0.05, [0.6, 0.4]),
                Browser.Family("Samsung Internet", 0.04, [0.7, 0.3]),
                Browser.Family("Instagram", 0.07, [0.8, 0.2], devices: 150),
                Browser.Family("Facebook", 0.06, [0.8, 0.2], devices: 150),
                Browser.Family("iPad Safari", 0.03, [0.7, 0.3]),
            ],
            languages: [
                ("fr-FR", 0.86), ("fr", 0.05), ("en-US", 0.05), ("es-ES", 0.02), ("pt", 0.02),
            ]),
        mobileShare: 0.52, officeShare: 0.05, schoolShare: 0.03, showShare: 0.03,
        carriers: [0.38, 0.24, 0.21, 0.17], networksPerCarrier: 8,
        familySizes: Weighted([(1, 0.72), (2, 0.18), (3, 0.06), (4, 0.03), (5, 0.01)]),
        formMedianSeconds: 28, formSigma: 0.7, formKnown: 0.7, doubleShare: 0.05,
        returnShare: 0.03, fields: .quiz, waveShare: 0.5, waveSeconds: 900,
        flashFamilies: ["iPhone Safari", "Android Chrome", "Instagram"])

    /// Another country: few last names (the commonest third of a people, as in Vietnam), two heads
    /// for half of the crowd, one mail provider for most, names written together, a game instead of
    /// a quiz, hardly anybody who sends twice.
    package static let second = CrowdParameters(
        name: "second",
        participants: ParticipantSource(
            identity: .mail,
            styles: Weighted([
                (.joinedAndNumber, 0.36), (.firstAndNumber, 0.2), (.nickname, 0.14),
                (.joined, 0.12), (.dotted, 0.1), (.initialAndNumber, 0.08),
            ]),
            domains: Weighted([
                ("gmail.com", 0.78), ("yahoo.com", 0.09), ("outlook.com", 0.06),
                ("icloud.com", 0.05), ("mail.example", 0.02),
            ]),
            names: NameSource(
                first: NameSource.Law(count: 700, exponent: 0.8, offset: 6),
                last: NameSource.Law(count: 300, exponent: 1.6, offset: 1)),
            capitals: 0.12),
        browsers: Browser.all(
            [
                Browser.Family("Android Chrome", 0.42, [0.8, 0.1, 0.1]),
                Browser.Family("iPhone Safari", 0.31, [0.7, 0.2, 0.1]),
                Browser.Family("Windows Chrome", 0.1, [0.8, 0.2]),
                Browser.Family("Zalo", 0.12, [0.7, 0.3], devices: 60),
                Browser.Family("Firefox", 0.05, [1]),
            ],
            languages: [("vi-VN", 0.93), ("en-US", 0.07)]),
        mobileShare: 0.7, officeShare: 0.04, schoolShare: 0.06, showShare: 0.05,
        carriers: [0.55, 0.3, 0.15], networksPerCarrier: 3,
        familySizes: Weighted([(1, 0.6), (2, 0.2), (3, 0.1), (4, 0.06), (6, 0.04)]),
        formMedianSeconds: 17, formSigma: 0.9, formKnown: 0.4, doubleShare: 0.02,
        returnShare: 0.01, fields: .score, waveShare: 0.2, waveSeconds: 300,
        flashFamilies: ["Zalo"])

    /// The first crowd, with customers' numbers instead of mail addresses.
    package static let customers: CrowdParameters = {
        var parameters = first
        parameters.name = "customers"
        parameters.participants.identity = .customerNumber
        return parameters
    }()

    /// The first crowd, with telephone numbers and an empty form.
    package static let phones: CrowdParameters = {
        var parameters = first
        parameters.name = "phones"
        parameters.participants.identity = .phone
        parameters.fields = .none
        return parameters
    }()

    /// The first crowd in an application of the client's, which looks the same in everybody's hands
    /// and shows nothing of a page.
    package static let application: CrowdParameters = {
        var parameters = first
        parameters.name = "application"
        parameters.browsers = Browser.all(
            [Browser.Family("application", 1, [0.88, 0.12])], languages: [("fr-FR", 1)])
        parameters.formKnown = 0
        parameters.flashFamilies = ["application"]
        return parameters
    }()

    /// The same application in one version: everybody has one head.
    package static let oneHead: CrowdParameters = {
        var parameters = application
        parameters.name = "one-head"
        parameters.browsers = Browser.all(
            [Browser.Family("application", 1, [1])], languages: [("fr-FR", 1)])
        return parameters
    }()

    /// All of them.
    package static let all: [CrowdParameters] = [
        .first, .second, .customers, .phones, .application, .oneHead,
    ]
}
