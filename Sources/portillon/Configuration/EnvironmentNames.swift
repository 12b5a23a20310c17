/// Variables that begin with `PORTILLON_` and are not settings.
enum EnvironmentNames {
    static var configuration: String { "PORTILLON_CONFIG" }
    static var token: String { "PORTILLON_TOKEN" }
    static var admin: String { "PORTILLON_ADMIN" }
    static var authorities: String { "PORTILLON_ADMIN_CA" }
    static var certificate: String { "PORTILLON_ADMIN_CERTIFICATE" }
    static var key: String { "PORTILLON_ADMIN_KEY" }

    /// Whether the variable belongs to the commands that talk to a gateway, or to Kubernetes, which
    /// gives every pod variables for a service called `portillon`
    /// (`PORTILLON_SERVICE_HOST`, `PORTILLON_PORT_8080_TCP_ADDR`); they must not stop a start.
    static func isForeign(_ variable: String) -> Bool {
        [configuration, token, admin, authorities, certificate, key].contains(variable)
            || variable.hasSuffix("_SERVICE_HOST") || variable.contains("_SERVICE_PORT")
            || variable.hasSuffix("_PORT") || variable.contains("_PORT_")
    }
}

extension [String: String] {
    /// The variable's value; commands treat an empty one as unset.
    func given(_ variable: String) -> String? {
        self[variable].flatMap { $0.isEmpty ? nil : $0 }
    }
}
