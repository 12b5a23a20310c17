/// Who takes part: names that are common in France, mail hosts that nobody has (RFC 2606),
/// browsers.
enum Names {
    /// 32 of them.
    static let given: [StaticString] = [
        "camille", "louise", "emma", "jade", "alice", "chloe", "ines", "lea", "manon", "sarah",
        "zoe", "juliette", "rose", "anna", "lina", "mila", "gabriel", "raphael", "leo", "louis",
        "lucas", "adam", "arthur", "hugo", "jules", "mael", "nathan", "paul", "sacha", "tom",
        "victor", "yanis",
    ]

    /// 32 of them.
    static let family: [StaticString] = [
        "martin", "bernard", "thomas", "petit", "robert", "richard", "durand", "dubois", "moreau",
        "laurent", "simon", "michel", "lefebvre", "leroy", "roux", "david", "bertrand", "morel",
        "fournier", "girard", "bonnet", "dupont", "lambert", "fontaine", "rousseau", "vincent",
        "muller", "faure", "andre", "mercier", "blanc", "guerin",
    ]

    /// 4 of them.
    static let domains: [StaticString] = [
        "@example.fr", "@example.com", "@example.org", "@example.net",
    ]

    static let browsers = [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0"
            + " Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
            + " Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
            + " Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko)"
            + " Chrome/138.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ]
}
