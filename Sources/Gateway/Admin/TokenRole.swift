internal import Ledger

/// The roles that tokens are made for; the admin's is in a file.
enum TokenRole: String, CaseIterable {
    case `operator`, auditor, client, scrape

    var role: Author.Role {
        switch self {
        case .operator: .operator
        case .auditor: .auditor
        case .client: .client
        case .scrape: .scrape
        }
    }

    /// What its tokens begin with.
    var prefix: String {
        switch self {
        case .operator: "ot_"
        case .auditor: "au_"
        case .client: "ck_"
        case .scrape: "st_"
        }
    }
}
