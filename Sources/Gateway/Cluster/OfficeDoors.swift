internal import Sockets

/// What a node's office opens: the public listener, and what goes out to others.
struct OfficeDoors: Sendable {
    private let door: PublicDoor
    /// Where it listens for operators, since its start.
    private let adminAddresses: [String]
    private let webhooks: WebhookDispatcher

    init(_ door: PublicDoor, adminAddresses: [String], _ webhooks: WebhookDispatcher) {
        self.door = door
        self.adminAddresses = adminAddresses
        self.webhooks = webhooks
    }

    /// Has the public loops take connections, and the senders of webhooks begin; finishes purges
    /// that a leader before this one has begun.
    func open(_ configuration: Gateway.Configuration, _ control: Control) throws(StartError) {
        try door.open(configuration, control.shared)
        try webhooks.start()
        control.resumePurges()
        configuration.cluster?.whenLeading(door.addresses, adminAddresses)
    }

    /// Sends nothing more to others: another node is about to. What is known of deliveries goes on
    /// record before this returns, or some seconds have passed.
    func pauseSending() { webhooks.pause() }

    /// Goes on, where no other node took over.
    func resumeSending() throws(StartError) { try webhooks.start() }
}
