internal import Bytes

/// Which spellings of a local part a provider delivers to one mailbox, by what it has published.
///
/// - gmail.com, googlemail.com: dots and `+tag`, and the two domains are one
///   (support.google.com/mail/answer/7436150, 22370, 10313);
/// - Outlook.com with its older names: `+tag` (learn.microsoft.com, "Plus addressing in Exchange
///   Online", which Outlook.com had first). Its domains are those of Thunderbird's database of
///   providers (github.com/thunderbird/autoconfig, ispdb/hotmail.com.xml), whose mail goes to
///   olc.protection.outlook.com; passport.com, which Microsoft keeps up; hotmail.ch. Others with
///   such names are somebody else's: no domain is taken by a pattern;
/// - icloud.com, me.com, mac.com: the three domains are one (support.apple.com/118230); `+tag`
///   (RFC 5233, as iCloud Mail delivers it);
/// - fastmail.com, fastmail.fm: `+tag` (fastmail.help/hc/en-us/articles/360060591053);
/// - proton.me, protonmail.com, protonmail.ch, pm.me: `+tag`, and one user name's addresses in the
///   four domains are one person's (proton.me/support/addresses-and-aliases); dots, hyphens and
///   underscores: "username is the same as user_name and user.name", and no variation of a name
///   that is taken is given to another account (proton.me/support/change-username).
///
/// Not in the table, because a stranger cannot tell: tags with a hyphen (Yahoo: the name before it
/// is not the mailbox's), subdomains (Fastmail), and the domains of companies, whose hosts have
/// rules of their own.
struct EmailProvider {
    let domain: StaticString
    /// The domain in canonical forms, never a longer one: mailboxes of all domains that share it
    /// are the same.
    let canonicalDomain: StaticString
    private let ignored: Ignored

    /// Characters of a local part that say nothing, beside what stands behind a plus sign.
    private enum Ignored {
        case none, dots
        case dotsHyphensUnderscores
    }

    private init(
        _ domain: StaticString, as canonicalDomain: StaticString? = nil,
        ignoring ignored: Ignored = .none
    ) {
        self.domain = domain
        self.canonicalDomain = canonicalDomain ?? domain
        self.ignored = ignored
    }

    /// Every one of them ignores what stands behind a plus sign. The shortest come first.
    static let all: [EmailProvider] = (others + microsoft.map { EmailProvider($0) }).sorted {
        $0.domain.utf8CodeUnitCount < $1.domain.utf8CodeUnitCount
    }

    private static let others: [EmailProvider] = [
        EmailProvider("gmail.com", ignoring: .dots),
        EmailProvider("googlemail.com", as: "gmail.com", ignoring: .dots),
        EmailProvider("icloud.com", as: "me.com"), EmailProvider("me.com"),
        EmailProvider("mac.com", as: "me.com"),
        EmailProvider("fastmail.com"), EmailProvider("fastmail.fm"),
        EmailProvider("proton.me", as: "pm.me", ignoring: .dotsHyphensUnderscores),
        EmailProvider("protonmail.com", as: "pm.me", ignoring: .dotsHyphensUnderscores),
        EmailProvider("protonmail.ch", as: "pm.me", ignoring: .dotsHyphensUnderscores),
        EmailProvider("pm.me", ignoring: .dotsHyphensUnderscores),
    ]

    private static let microsoft: [StaticString] = [
        "hotmail.com", "live.com", "msn.com", "outlook.com", "windowslive.com", "passport.com",
        "outlook.at", "outlook.be", "outlook.cl", "outlook.cz", "outlook.de", "outlook.dk",
        "outlook.es", "outlook.fr", "outlook.hu", "outlook.ie", "outlook.in", "outlook.it",
        "outlook.jp", "outlook.kr", "outlook.lv", "outlook.my", "outlook.ph", "outlook.pt",
        "outlook.sa", "outlook.sg", "outlook.sk", "outlook.co.id", "outlook.co.il", "outlook.co.th",
        "outlook.com.ar", "outlook.com.au", "outlook.com.br", "outlook.com.gr", "outlook.com.tr",
        "outlook.com.vn",
        "hotmail.be", "hotmail.ca", "hotmail.ch", "hotmail.cl", "hotmail.cz", "hotmail.de",
        "hotmail.dk", "hotmail.es", "hotmail.fi", "hotmail.fr", "hotmail.gr", "hotmail.hu",
        "hotmail.it", "hotmail.lt", "hotmail.lv", "hotmail.my", "hotmail.nl", "hotmail.no",
        "hotmail.ph", "hotmail.rs", "hotmail.se", "hotmail.sg", "hotmail.sk", "hotmail.co.id",
        "hotmail.co.il", "hotmail.co.in", "hotmail.co.jp", "hotmail.co.kr", "hotmail.co.th",
        "hotmail.co.uk", "hotmail.co.za", "hotmail.com.ar", "hotmail.com.au", "hotmail.com.br",
        "hotmail.com.hk", "hotmail.com.tr", "hotmail.com.tw", "hotmail.com.vn",
        "live.at", "live.be", "live.ca", "live.cl", "live.cn", "live.de", "live.dk", "live.fi",
        "live.fr", "live.hk", "live.ie", "live.in", "live.it", "live.jp", "live.nl", "live.no",
        "live.ru", "live.se", "live.co.jp", "live.co.kr", "live.co.uk", "live.co.za", "live.com.ar",
        "live.com.au", "live.com.mx", "live.com.my", "live.com.ph", "live.com.pt", "live.com.sg",
        "livemail.tw",
    ]

    /// By the number of bytes of a domain: where those of this length stand among all.
    private static let places: [Range<Int>] = {
        let longest = all.last?.domain.utf8CodeUnitCount ?? 0
        return (0...longest).map { count in
            let first = all.firstIndex { $0.domain.utf8CodeUnitCount >= count } ?? all.endIndex
            let end = all.firstIndex { $0.domain.utf8CodeUnitCount > count } ?? all.endIndex
            return first..<end
        }
    }()

    /// The provider of a domain, in either case; `nil` for a domain whose rules are not known.
    static func of(_ domain: RawSpan) -> EmailProvider? {
        // The longest has 14 bytes: most domains of companies are not compared at all.
        guard domain.byteCount < places.count else { return nil }
        for index in places[domain.byteCount]
        where domain.equals(ignoringCase: all[index].domain) { return all[index] }
        return nil
    }

    /// Whether it ignores a character of a local part.
    func ignores(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."): ignored != .none
        case UInt8(ascii: "-"), UInt8(ascii: "_"): ignored == .dotsHyphensUnderscores
        default: false
        }
    }
}
