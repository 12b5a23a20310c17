internal import Addresses
internal import Bytes
internal import Contract
internal import Cryptography
internal import Ledger
internal import Log
internal import Robots
internal import Time
internal import Vault
internal import Wire

/// What a worker must know of an operation to check, seal and answer its entries.
///
/// Made once for each change of the operation's settings and never changed afterwards, so that
/// every worker may read it at any time.
final class OperationProfile: Sendable {
    var needsAge: Bool { minimumAge != nil }
    /// The operation's place in the ledger and on the board.
    let index: UInt32
    let id: ByteBuffer
    let title: String
    let opens: Timestamp?
    let closes: Timestamp?
    /// Whether participants get places before it opens.
    let isStartShuffled: Bool
    /// Both as members of an answer, the comma before them included.
    let dates: ByteBuffer
    let minimumAge: Int?
    /// What an entry must bring, as members of an answer, the comma before them included.
    let demands: ByteBuffer
    /// The consents an entry must give, and others that have a text.
    let consents: KnownConsents
    /// What its participants are.
    let identity: IdentityForm
    let isOpaque: Bool
    /// What a participant must be, for a 422; nil where it is opaque.
    let participantDemand: String?
    let secondKey: SecondKeyRule?
    let limitsSecondKey: Bool
    /// Whether an entry's participant or second key is looked at before it is handed over.
    let identifies: Bool
    let identityMark: UInt32
    /// ``SettingsMark`` of its settings.
    let settingsMark: UInt64
    /// Whether a participant's entry counts once, at least for a day.
    let isRepeatable: Bool
    private let settings: OperationSettings
    /// What the public is told while the operation is suspended, as a JSON string.
    let publicReason: ByteBuffer
    /// The origins that browsers may post from; nil for any.
    let allowedOrigins: [String]?
    /// Whether an entry may be asked to solve a challenge.
    let mayChallenge: Bool
    /// What it has done about entries that look like a robot's; nil where nobody looks.
    let robotMeasure: RobotDecision.Measure?
    /// Whether robots are let in that sign their requests.
    let allowsRobots: Bool
    private let allowedRobots: [String]
    let keys: OperationKeys
    /// Networks that the client has named as its own.
    private let networks: [NamedNetwork]
    private let hasNetworks: Bool

    init(_ operation: Catalogue.Operation, index: UInt32, keys: OperationKeys) {
        self.index = index
        var id = ByteBuffer(capacity: operation.id.utf8.count)
        id.append(operation.id)
        self.id = id
        title = operation.settings.title
        opens = operation.settings.opens
        closes = operation.settings.closes
        isStartShuffled = operation.settings.start == .shuffled
        dates = Self.text(opens: opens, closes: closes)
        minimumAge = operation.settings.minimumAge
        demands = Self.demands(operation.settings)
        publicReason = Self.json(operation.publicReason)
        consents = KnownConsents(operation.settings)
        let identity = operation.settings.identity
        self.identity = IdentityForm(identity, country: operation.settings.country)
        isOpaque = identity == .opaque
        participantDemand =
            switch identity {
            case .opaque: nil
            case .email: "Must be an e-mail address."
            case .phone: "Must be a telephone number."
            }
        secondKey = operation.settings.secondKey
        limitsSecondKey = operation.settings.secondKey != nil
        identifies = identity != .opaque || limitsSecondKey
        identityMark = operation.settings.identityMark
        settingsMark = SettingsMark.mark(of: operation.settings)
        isRepeatable = operation.settings.rule != .unlimited
        settings = operation.settings
        let origins = operation.settings.allowedOrigins
        allowedOrigins = origins.isEmpty || origins.contains(WebOrigin.any) ? nil : origins
        mayChallenge = operation.settings.robots.mayChallenge
        robotMeasure = RobotDecision.Measure(operation.settings.robots)
        networks = operation.settings.networks.compactMap { NamedNetwork($0) }
        hasNetworks = !networks.isEmpty
        allowedRobots = operation.settings.allowedRobots
        allowsRobots = !allowedRobots.isEmpty
        self.keys = keys
    }

    /// Whether a robot is let in, by the name under which the ruleset has its key.
    func allows(_ robot: String) -> Bool { allowedRobots.contains(robot) }

    /// Where an entry came from, as far as robots are counted by it.
    func origin(of client: ClientAddress) -> RobotOrigin {
        var origin = RobotOrigin(network: client.address.network)
        // Whoever hides behind a proxy is of no network.
        guard hasNetworks, !client.isHidden else { return origin }
        if let network = networks.first(where: { $0.contains(client.address) }) {
            origin.named = network.hash
        }
        return origin
    }

    /// Whether the cap is reached, and whether no entry is accepted any more for it.
    func cap(at counts: OperationCounts) -> (isReached: Bool, isOver: Bool) {
        (settings.cap?.isReached(by: counts) ?? false, settings.isOver(at: counts))
    }

    private static func demands(_ settings: OperationSettings) -> ByteBuffer {
        var text = ByteBuffer(capacity: 256)
        text.append(",\"rule\":\"" as StaticString)
        text.append(settings.rule.rawValue)
        text.append("\",\"minimum_age\":" as StaticString)
        if let age = settings.minimumAge {
            text.append(decimal: UInt64(age))
        } else {
            text.append("null" as StaticString)
        }
        text.append(",\"consents\":" as StaticString)
        text.append(json: .array(settings.consents.map(JSONValue.string)))
        text.append(",\"consent_texts\":" as StaticString)
        let texts = settings.consentTexts ?? [:]
        text.append(json: .object(texts.mapValues(JSONValue.string)))
        text.append(",\"identity\":\"" as StaticString)
        text.append(settings.identity.rawValue)
        text.append("\",\"country\":" as StaticString)
        text.append(json: settings.country.map(JSONValue.string) ?? .null)
        text.append(",\"second_key\":" as StaticString)
        text.append(json: settings.secondKey?.json ?? .null)
        text.append(",\"cap\":" as StaticString)
        text.append(json: settings.cap?.json ?? .null)
        text.append(",\"challenge\":" as StaticString)
        text.append((settings.robots.mayChallenge ? "true" : "false") as StaticString)
        return text
    }

    private static func json(_ text: String) -> ByteBuffer {
        var json = ByteBuffer(capacity: text.utf8.count + 2)
        json.append(jsonString: text)
        return json
    }

    private static func text(opens: Timestamp?, closes: Timestamp?) -> ByteBuffer {
        var text = ByteBuffer(capacity: 80)
        append(",\"opens\":", opens, to: &text)
        append(",\"closes\":", closes, to: &text)
        return text
    }

    private static func append(
        _ name: StaticString, _ time: Timestamp?, to text: inout ByteBuffer
    ) {
        text.append(name)
        guard let time else {
            text.append("null" as StaticString)
            return
        }
        text.append(ASCII.quote)
        text.append(rfc3339: time)
        text.append(ASCII.quote)
    }
}

/// The nodes of a key tree, for all workers to derive from; they never change.
final class SealingTree: Sendable {
    let nodes: KeyTree

    init(_ nodes: consuming KeyTree) {
        self.nodes = nodes
    }
}

/// A front-end key as a worker looks it up: by digest, never by the key itself.
struct DirectoryKey: Sendable, BitwiseCopyable {
    let index: UInt32
    let operation: UInt32
    let digest: SHA256Digest
    let isRevoked: Bool
    /// Its uses are counted, and it works as before.
    let isSuspected: Bool
    /// A server posts with it, for its visitors: the head, the address and the origin of a request
    /// are not the person's.
    let isServer: Bool

    init(_ key: Catalogue.FrontEndKey, index: UInt32) {
        self.index = index
        operation = key.operation
        digest = SHA256Digest(key.digest)
        isRevoked = key.revokedAt != nil
        isSuspected = key.suspectedAt != nil
        isServer = key.frontEnd == .server
    }
}

extension SHA256Digest {
    /// The ledger's form of a digest: four words, most significant byte first.
    init(_ digest: KeyDigest) {
        var bytes = ByteBuffer(capacity: 32)
        for word in [digest.words.0, digest.words.1, digest.words.2, digest.words.3] {
            bytes.append(littleEndian: word.byteSwapped)
        }
        self.init(bytes.bytes)
    }
}

extension Fingerprint {
    init(_ hash: KeyedHash128) {
        self.init(high: hash.high, low: hash.low)
    }
}
