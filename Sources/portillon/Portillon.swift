import ArgumentParser
import Gateway
import Glibc

/// The command line. `main()` is where every exit status is decided.
@main
struct Portillon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "portillon",
        abstract: "The availability and participation gateway of promotional games.",
        discussion: """
            Try it:        portillon demo
            Run it:        portillon serve --data /var/lib/portillon
            Look at it:    portillon status
            Set it up:     portillon client put acme --name 'Acme'
                           portillon operation put ete-2026 --client acme --title 'Summer'
                           portillon key create ete-2026
                           portillon operation open ete-2026
            Announce it:   portillon notice give ete-2026 --expected-participants 80000
            Hold it:       portillon operation pace ete-2026 50
            Check it:      portillon journal verify /var/lib/portillon

            Exit status: 0; 1 the thing asked for failed; 64 usage; 69 no gateway answers; \
            74 a file, a disk, an address or a damaged journal; 78 configuration.

            Completions: portillon --generate-completion-script bash|zsh|fish; for bash:
              source <(portillon --generate-completion-script bash)
            """,
        version: Gateway.version,
        subcommands: [
            Serve.self, Demo.self, Status.self, ClientCommand.self, OperationCommand.self,
            PlanCommand.self, NoticeCommand.self, CampaignCommand.self, KeyCommand.self,
            TokenCommand.self,
            EvidenceCommand.self, JournalCommand.self, Replay.self,
        ])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as CommandFailure {
            // Where standard error is gone too, the status has to say it all.
            try? Output.error.write(failure.text)
            Glibc.exit(failure.status)
        } catch {
            exit(withError: error)
        }
    }
}
