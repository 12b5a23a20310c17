/// A command beside entries: from a person by the admin listener, or from the process itself.
///
/// Commands come in families. A family's file holds its cases, their JSON, what they change in
/// which tables of the catalogue, and their sentence. Names and members are a stored format
/// (`FORMAT.md`): commands and members may be added, none renamed or given another meaning.
package enum AdministrativeCommand: Equatable, Sendable {
    /// An operation as a whole: its settings, its state, its end.
    case operation(OperationCommand)
    /// A client as a whole, and what was said with it.
    case client(ClientCommand)
    /// Keys of front ends and tokens of the admin listener.
    case access(AccessCommand)
    /// Clients, what they declare of their traffic, and the policy that the ladder acts by.
    case contract(ContractCommand)
    /// What is done with the data of persons.
    case person(PersonCommand)
    /// Who is sent events, and how that ended.
    case webhook(WebhookCommand)
    /// Load tests that were agreed to (C7).
    case permit(PermitCommand)
    /// Failures that are worked on, and how that went (C11, C12).
    case incident(IncidentCommand)
    /// Maintenance, as it is announced, put off and ended (C13).
    case maintenance(MaintenanceCommand)
    /// The operator's hours, force majeure, corrections of minutes (C14, C15).
    case service(ServiceCommand)
    /// What the process measured or did, recorded because the fold must know.
    case fact(Fact)

    /// The command's stored name, `family.verb`.
    package var name: String {
        switch self {
        case .operation(let command): command.name.rawValue
        case .client(let command): command.name.rawValue
        case .access(let command): command.name.rawValue
        case .contract(let command): command.name.rawValue
        case .person(let command): command.name.rawValue
        case .webhook(let command): command.name.rawValue
        case .permit(let command): command.name.rawValue
        case .incident(let command): command.name.rawValue
        case .maintenance(let command): command.name.rawValue
        case .service(let command): command.name.rawValue
        case .fact(let fact): fact.name.rawValue
        }
    }

    /// The operation that the command is about; `nil` for a command about none, and for one that
    /// names only a key.
    package var operation: String? {
        switch self {
        case .operation(let command): command.operation
        case .client(let command): command.operation
        case .access(let command): command.operation
        case .contract(let command): command.operation
        case .person(let command): command.operation
        case .webhook, .incident, .maintenance, .service: nil
        case .permit(let command): command.operation
        case .fact(let fact): fact.operation
        }
    }

    /// The command in one English sentence, with the rule that it rests on.
    package var sentence: String {
        switch self {
        case .operation(let command): command.sentence
        case .client(let command): command.sentence
        case .access(let command): command.sentence
        case .contract(let command): command.sentence
        case .person(let command): command.sentence
        case .webhook(let command): command.sentence
        case .permit(let command): command.sentence
        case .incident(let command): command.sentence
        case .maintenance(let command): command.sentence
        case .service(let command): command.sentence
        case .fact(let fact): fact.sentence
        }
    }
}

/// In JSON, a flat object: `command` holds the name, the other members depend on it.
extension AdministrativeCommand: Codable {
    private enum CodingKeys: String, CodingKey {
        case command
    }

    /// - Throws: ``RecordFormatError/unknownCommand(_:)``, and what the decoder throws.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let name = try members.decode(String.self, forKey: .command)
        if let name = OperationCommand.Name(rawValue: name) {
            self = .operation(try OperationCommand(name, from: decoder))
        } else if let name = ClientCommand.Name(rawValue: name) {
            self = .client(try ClientCommand(name, from: decoder))
        } else if let name = AccessCommand.Name(rawValue: name) {
            self = .access(try AccessCommand(name, from: decoder))
        } else if let name = ContractCommand.Name(rawValue: name) {
            self = .contract(try ContractCommand(name, from: decoder))
        } else if let name = PersonCommand.Name(rawValue: name) {
            self = .person(try PersonCommand(name, from: decoder))
        } else if let name = WebhookCommand.Name(rawValue: name) {
            self = .webhook(try WebhookCommand(name, from: decoder))
        } else if let name = PermitCommand.Name(rawValue: name) {
            self = .permit(try PermitCommand(name, from: decoder))
        } else if let name = IncidentCommand.Name(rawValue: name) {
            self = .incident(try IncidentCommand(name, from: decoder))
        } else if let name = MaintenanceCommand.Name(rawValue: name) {
            self = .maintenance(try MaintenanceCommand(name, from: decoder))
        } else if let name = ServiceCommand.Name(rawValue: name) {
            self = .service(try ServiceCommand(name, from: decoder))
        } else if let name = Fact.Name(rawValue: name) {
            self = .fact(try Fact(name, from: decoder))
        } else {
            throw RecordFormatError.unknownCommand(name)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(name, forKey: .command)
        switch self {
        case .operation(let command): try command.encodeMembers(to: encoder)
        case .client(let command): try command.encodeMembers(to: encoder)
        case .access(let command): try command.encodeMembers(to: encoder)
        case .contract(let command): try command.encodeMembers(to: encoder)
        case .person(let command): try command.encodeMembers(to: encoder)
        case .webhook(let command): try command.encodeMembers(to: encoder)
        case .permit(let command): try command.encodeMembers(to: encoder)
        case .incident(let command): try command.encodeMembers(to: encoder)
        case .maintenance(let command): try command.encodeMembers(to: encoder)
        case .service(let command): try command.encodeMembers(to: encoder)
        case .fact(let fact): try fact.encodeMembers(to: encoder)
        }
    }
}
