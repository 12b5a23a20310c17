import AdminClient
import ArgumentParser
import Cluster
import Sockets

/// The certificates that an etcd is asked with, as options of a command.
struct EtcdFiles: ParsableArguments {
    @OptionGroup var authorities: AuthoritiesOption

    @Option(
        parsing: .unconditional,
        help: .init(
            "The client certificate (PEM) for an etcd that requires one.", valueName: "file"),
        completion: .file())
    var certificate: String?

    @Option(
        parsing: .unconditional,
        help: .init("The private key of --certificate.", valueName: "file"),
        completion: .file())
    var key: String?

    func trust() throws(CommandFailure) -> HTTPClient.Trust {
        switch (certificate, key) {
        case (nil, nil): return HTTPClient.Trust(authorities: authorities.ca)
        case (let certificate?, let key?):
            return HTTPClient.Trust(
                authorities: authorities.ca, own: TLSFiles.Pair(certificate: certificate, key: key))
        default:
            throw CommandFailure(.usage, "--certificate and --key must be given together")
        }
    }

    /// What members at these URLs are asked with.
    func etcdTrust(for bases: [BaseURL]) throws(CommandFailure) -> EtcdTrust {
        let trust = try trust()
        guard bases.contains(where: \.isSecure) else { return .none }
        do throws(TLSFileError) {
            return try EtcdTrust(authorities: trust.authorities, own: trust.own)
        } catch {
            throw CommandFailure(.configuration, printable("\(error)"))
        }
    }
}
