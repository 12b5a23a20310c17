import ArgumentParser
import CommandIO

/// The command line. `main()` decides every exit status.
@main
struct Portillon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "portillon",
        abstract: "The availability and participation gateway for promotional games.",
        discussion: """
            Try:           portillon demo
            Run:           portillon serve --data /var/lib/portillon
            Watch:         portillon top
                           portillon status --watch
                           portillon events --follow
            Set up:        portillon client put acme --name 'Acme'
                           portillon operation put ete-2026 --client acme --title 'Summer'
                           portillon key create ete-2026
                           portillon operation open ete-2026
            Announce:      portillon notice give ete-2026 --expected-participants 80000
            Slow down:     portillon operation pace ete-2026 50
            Notify:        portillon webhook add https://hooks.example.com/portillon
            Load test:     portillon permit list
            Measure:       portillon probe setup --out probe.json
                           portillon availability 2026-11
            Account:       portillon statement 2026-11
            Failure:       portillon incident list --state unresolved
            Maintenance:   portillon maintenance list
            Export:        portillon export ete-2026 --format csv --out ete-2026.csv
            Verify:        portillon journal verify /var/lib/portillon
            Check an etcd: portillon cluster check http://a:2379,http://b:2379,http://c:2379
            Back up:       portillon backup /var/lib/portillon /mnt/backup/portillon
            Forget:        portillon vault forget --data /var/lib/portillon ete-2026 4711

            Exit status: 0 success; 1 the request failed; 64 usage; 69 no gateway answered; \
            74 a file, a disk, an address or a damaged journal; 78 configuration.

            Completion: portillon --generate-completion-script bash|zsh|fish; for bash:
              source <(portillon --generate-completion-script bash)
            """,
        version: Version.text,
        subcommands: [
            Serve.self, Demo.self, Status.self, Top.self, ClientCommand.self, OperationCommand.self,
            PlanCommand.self, NoticeCommand.self, CampaignCommand.self, CalendarCommand.self,
            NoteCommand.self, KeyCommand.self, TokenCommand.self, WebhookCommand.self,
            PermitCommand.self, ProbeCommand.self, AvailabilityCommand.self,
            StatementCommand.self, IncidentCommand.self,
            MaintenanceCommand.self, ChangeCommand.self, ForceMajeureCommand.self,
            CorrectionCommand.self,
            EventsCommand.self, ClockCommand.self,
            ExportCommand.self, EvidenceCommand.self, JournalCommand.self, Replay.self,
            BackupCommand.self, ClusterCommand.self, VaultCommand.self, RobotsCommand.self,
            Version.self,
        ])

    static func main() {
        TextStyle.$current.withValue(TextStyle(for: .standard)) {
            Program.run(Self.self, variables: "PORTILLON_") { error in
                (error as? CommandFailure).map { Program.Failure(text: $0.text, status: $0.status) }
            }
        }
    }
}
