internal import Bytes
internal import Ledger
internal import Wire

/// One route of the admin listener: everything that is true of it.
struct AdminRoute: Sendable {
    /// Who may use a route.
    struct Permission: Sendable, Equatable {
        /// Whose tokens may: the roles, the client's among them where it may at all.
        let roles: Set<Author.Role>
        /// What a client's token may use it for.
        let clients: ClientScope

        /// - Parameter others: roles beside the admin, who may everything.
        private init(_ others: Set<Author.Role> = [], clients: ClientScope = .nothing) {
            roles = others.union(clients == .nothing ? [.admin] : [.admin, .client])
            self.clients = clients
        }

        /// Scrape tokens may; on a loopback address nobody needs a token.
        var scrapes: Bool { roles.contains(.scrape) }

        static let admin = Permission()
        /// What keeps the platform up: suspend, resume, pace.
        static let operators = Permission([.operator])
        /// The same, where an operation's own client may too, within what the ledger says.
        static let operatorsAndClients = Permission([.operator], clients: .ownOperation)
        /// The same of what is about a client as a whole.
        static let operatorsAndOwnClient = Permission([.operator], clients: .ownClient)
        /// Reads of the operator's: an auditor reads all but people (C17).
        static let staff = Permission([.operator, .auditor])
        /// Who may use the gateway, and for what.
        static let auditors = Permission([.auditor])
        /// An operation's own client reads it too.
        static let readers = Permission([.operator, .auditor], clients: .ownOperation)
        /// The same of what is about a client as a whole.
        static let readersOfClient = Permission([.operator, .auditor], clients: .ownClient)
        /// The same of what is about the service: the handler sees to what is the client's.
        static let operatorsAndAllClients = Permission([.operator], clients: .filtered)
        /// What clients do themselves (C1, C2, C16, C18).
        static let clients = Permission(clients: .ownOperation)
        static let ownKeys = Permission(clients: .ownKey)
        /// Who is shown what persons gave (C17).
        static let people = Permission(clients: .filtered)
        /// Whoever has a token, but for scrapers.
        static let readersOfAll = Permission([.operator, .auditor], clients: .filtered)
        static let metrics = Permission([.operator, .auditor, .scrape])
    }

    /// What of a route is a client's own (C17).
    enum ClientScope: Sendable, Equatable {
        case nothing
        /// The handler shows what is the client's.
        case filtered
        /// The operation in the path must be the client's.
        case ownOperation
        /// The client in the path must be the token's.
        case ownClient
        /// The front-end key in the path must be of an operation of the client's.
        case ownKey
    }

    typealias Handler = @Sendable (Control, AdminCall) async throws(Problem) -> ControlReply

    /// `GET` answers `HEAD` too.
    let method: String
    let pattern: PathPattern
    /// What metrics name it.
    let label: Route
    let permission: Permission
    /// When it is refused under load; nil: never.
    let shedding: Shedding?
    /// Whose places it takes: ``work(by:)``.
    private let work: ControlWork
    /// What it does, in a few words for the OpenAPI document.
    let summary: String
    /// The query's parameters; a route that reads none takes no notice of any.
    let query: [QueryParameter]
    /// Header fields of its own.
    let fields: [FieldParameter]
    /// The body's shape; nil where there is none.
    let body: Shape?
    /// The media types that the body may have.
    let bodyTypes: [String]
    /// What it answers when it does what it is asked for.
    let answers: [Answer]
    /// Statuses of the problems that are its own, beside those that every route has.
    let refusals: [HTTPStatus]
    /// Whether browsers may send a token by themselves (HTTP Basic): to read, and nowhere else.
    let acceptsBasic: Bool
    let handler: Handler

    /// One good answer.
    struct Answer: Sendable {
        let status: HTTPStatus
        /// Media types with the shape of each; nil for text of another kind.
        let content: [(type: String, shape: Shape?)]

        static func json(_ status: HTTPStatus, _ shape: Shape) -> Answer {
            Answer(status: status, content: [("application/json", shape)])
        }
    }

    init(
        _ method: String, _ pattern: String, _ label: Route, _ permission: Permission,
        shedding: Shedding? = nil, work: ControlWork? = nil, query: [QueryParameter] = [],
        fields: [FieldParameter] = [], _ summary: String, body: Shape? = nil,
        bodyTypes: [String] = ["application/json"],
        answers: [Answer],
        refusals: [HTTPStatus] = [], acceptsBasic: Bool = false,
        _ handler: @escaping Handler
    ) {
        precondition(!acceptsBasic || method == "GET", "what browsers send by themselves reads")
        self.method = method
        self.pattern = PathPattern(pattern)
        self.label = label
        self.permission = permission
        self.shedding = shedding
        self.work = work ?? (shedding == .reports ? .report : .request)
        self.summary = summary
        self.query = query
        self.fields = fields
        self.body = body
        self.bodyTypes = bodyTypes
        self.answers = answers
        self.refusals = refusals
        self.acceptsBasic = acceptsBasic
        self.handler = handler
    }

    /// What kind of work it is, asked for by this author. A client that opens, closes, suspends or
    /// resumes its own operation waits with its other requests: those who act on all operations do
    /// not wait for it.
    func work(by author: Author) -> ControlWork {
        work == .measure && label == .standing && author.role == .client ? .request : work
    }
}
