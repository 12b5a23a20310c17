import ArgumentParser
import Wire

/// `portillon clock`: what the gateway may believe of the machine's clock.
struct ClockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Confirm the machine's clock.", subcommands: [Confirm.self])

    struct Confirm: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "confirm",
            abstract: "Confirm that the gateway's clock is right.",
            discussion: """
                portillon clock confirm 2026-11-29

                Needed where the clock is more than a day away from the journal's last record: the \
                gateway then refuses entries and changes, /readyz says clock_unconfirmed or \
                clock_behind. Look at another clock first. A wrong date that is confirmed stays in \
                the journal, and the gateway's time never runs backwards.
                """)

        @Argument(help: "Today's date, in UTC; it must be the one that the gateway's clock shows.")
        var date: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call("POST", ["v1", "clock", "confirm"], ["date": .string(date)])
            try options.remarkIfUnchanged(answer, "the gateway follows this clock already")
            try options.show(answer) { answer in
                listing([
                    ("clock", answer["clock"]?.text ?? ""),
                    ("journal time", answer["journal_time"]?.text ?? ""),
                    ("difference", "\(answer["leap_seconds"]?.text ?? "") s"),
                ])
            }
        }
    }
}
