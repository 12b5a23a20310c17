/// Where the runner ran; it says nothing of the gateway's machine.
struct Machine: Codable, Sendable {
    var processor: String
    var cores: Int
    /// Of the cores, how many the runner was allowed to use.
    var coresAllowed: Int
    var kernel: String
}
