internal import Bytes

/// Which spellings of a local part a provider delivers to one mailbox, by what it has published.
///
/// - gmail.com, googlemail.com: dots and `+tag`, and the two domains are one
///   (support.google.com/mail/answer/7436150, 22370, 10313);
/// - outlook, hotmail, live, msn: `+tag` (learn.microsoft.com, "Plus addressing in Exchange
///   Online", which Outlook.com had first);
/// - icloud.com, me.com, mac.com: the three domains are one (support.apple.com/118230); `+tag`
///   (RFC 5233, as iCloud Mail delivers it);
/// - fastmail.com, fastmail.fm: `+tag` (fastmail.help/hc/en-us/articles/360060591053);
/// - proton.me, protonmail.com, protonmail.ch, pm.me: `+tag`
///   (proton.me/support/addresses-and-aliases).
///
/// Not in the table, because a stranger cannot tell: tags with a hyphen (Yahoo: the name before it
/// is not the mailbox's), subdomains (Fastmail), dots that Proton ignores without having said so,
/// and the domains of companies, whose hosts have rules of their own.
struct EmailProvider {
    let domain: StaticString
    /// The domain in canonical forms, never a longer one: mailboxes of all domains that share it
    /// are the same.
    let canonicalDomain: StaticString
    let ignoresDots: Bool

    private init(
        _ domain: StaticString, as canonicalDomain: StaticString? = nil, ignoresDots: Bool = false
    ) {
        self.domain = domain
        self.canonicalDomain = canonicalDomain ?? domain
        self.ignoresDots = ignoresDots
    }

    /// Every one of them ignores what stands behind a plus sign.
    static let all: [EmailProvider] = [
        EmailProvider("gmail.com", ignoresDots: true),
        EmailProvider("googlemail.com", as: "gmail.com", ignoresDots: true),
        EmailProvider("outlook.com"), EmailProvider("outlook.fr"), EmailProvider("outlook.be"),
        EmailProvider("outlook.de"), EmailProvider("outlook.es"), EmailProvider("outlook.it"),
        EmailProvider("outlook.pt"), EmailProvider("hotmail.com"), EmailProvider("hotmail.fr"),
        EmailProvider("hotmail.be"), EmailProvider("hotmail.de"), EmailProvider("hotmail.es"),
        EmailProvider("hotmail.it"), EmailProvider("hotmail.ch"), EmailProvider("hotmail.co.uk"),
        EmailProvider("live.com"), EmailProvider("live.fr"), EmailProvider("live.be"),
        EmailProvider("live.it"), EmailProvider("live.nl"), EmailProvider("live.co.uk"),
        EmailProvider("msn.com"),
        EmailProvider("icloud.com", as: "me.com"), EmailProvider("me.com"),
        EmailProvider("mac.com", as: "me.com"),
        EmailProvider("fastmail.com"), EmailProvider("fastmail.fm"),
        EmailProvider("proton.me"), EmailProvider("protonmail.com"),
        EmailProvider("protonmail.ch"), EmailProvider("pm.me"),
    ]

    /// The provider of a domain, in either case; `nil` for a domain whose rules are not known.
    static func of(_ domain: RawSpan) -> EmailProvider? {
        // The longest has 14 bytes: most domains of companies are not compared at all.
        for index in all.indices
        where domain.byteCount == all[index].domain.utf8CodeUnitCount
            && domain.equals(ignoringCase: all[index].domain)
        {
            return all[index]
        }
        return nil
    }
}
