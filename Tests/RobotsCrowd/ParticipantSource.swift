/// What people give as their participant: mail addresses as they are, or what an operation uses
/// instead.
package struct ParticipantSource: Sendable {
    package enum Identity: Sendable {
        case mail
        /// A customer's number, handed out one after the other over the years.
        case customerNumber
        case phone
    }

    /// How a mail address is made of a name.
    package enum Style: Sendable {
        case dotted, joined, initial, reversed, firstAndNumber, dottedAndNumber, nickname
        case joinedAndNumber, initialAndNumber, underscored
    }

    package var identity: Identity
    package var styles: Weighted<Style>
    package var domains: Weighted<String>
    package var names: NameSource
    /// How often a telephone's keyboard begins with a capital.
    package var capitals: Double

    package init(
        identity: Identity, styles: Weighted<Style>, domains: Weighted<String>, names: NameSource,
        capitals: Double
    ) {
        self.identity = identity
        self.styles = styles
        self.domains = domains
        self.names = names
        self.capitals = capitals
    }

    /// - Parameters:
    ///   - lastName: the family's, where it has one.
    ///   - domain: the office's or the school's; these write `first.last`.
    package func participant(
        _ draw: inout Draw, lastName: String? = nil, domain: String? = nil
    ) -> String {
        switch identity {
        case .customerNumber: return "\(draw.below(9_000_000) + 1_000_000)"
        case .phone:
            return "+336" + Self.digits(8, &draw)
        case .mail:
            let style = domain == nil ? draw.pick(styles) : .dotted
            let local = Self.local(
                style, first: names.firstName(&draw), last: lastName ?? names.lastName(&draw),
                &draw)
            let isCapital = draw.chance(capitals)
            let written =
                isCapital ? "\(local.prefix(1).uppercased())\(local.dropFirst())" : local
            return written + "@" + (domain ?? draw.pick(domains))
        }
    }

    package static func digits(_ count: Int, _ draw: inout Draw) -> String {
        (0..<count).map { _ in String(draw.below(10)) }.joined()
    }

    /// A year of birth, a department, a number that was still free.
    static func number(_ draw: inout Draw) -> String {
        switch draw.uniform() {
        case ..<0.3: String(1950 + draw.below(60))
        case ..<0.85: digits(2, &draw)
        case ..<0.93: digits(3, &draw)
        default: digits(1, &draw)
        }
    }

    package static func local(
        _ style: Style, first: String, last: String, _ draw: inout Draw
    ) -> String {
        switch style {
        case .dotted: first + "." + last
        case .joined: first + last
        case .initial: "\(first.prefix(1)).\(last)"
        case .reversed: last + "." + first
        case .firstAndNumber: first + number(&draw)
        case .dottedAndNumber: first + "." + last + number(&draw)
        case .nickname: nickname(&draw) + (draw.chance(0.6) ? number(&draw) : "")
        case .joinedAndNumber: first + last + number(&draw)
        case .initialAndNumber: "\(first.prefix(1))\(last)\(number(&draw))"
        case .underscored: first + "_" + last
        }
    }

    private static func nickname(_ draw: inout Draw) -> String {
        let letters = Array("aeioulrstnmdpc")
        return String((0..<(5 + draw.below(6))).map { _ in draw.pick(letters) })
    }
}
