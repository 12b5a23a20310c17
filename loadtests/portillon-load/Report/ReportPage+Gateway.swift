/// What the admin listener said meanwhile.
extension ReportPage {
    func section(of gateway: GatewayReport) -> HTML {
        HTML("section") {
            HTML("h2") { "The gateway" }
            if !gateway.participants.isEmpty { participants(gateway) }
            if let waits = gateway.waits { HTML("p") { waits.sentence(numbers) } }
            HTML("div", ["class": "plots"]) {
                if !gateway.samples.isEmpty {
                    let operations = Set(gateway.samples.flatMap(\.states.keys)).sorted()
                    // A lone stream has the same bands above, unless there are more operations.
                    if report.streams.map(\.operation) != operations {
                        Bands(gateway.samples, operations: operations).figure(over: timeline)
                    }
                    resources(gateway.samples)
                }
            }
        }
    }

    private func participants(_ gateway: GatewayReport) -> HTML {
        HTMLTable(
            "Participants at the end",
            columns: [
                .text("operation"), .number("counted by the gateway"),
                .number("seen by the runner’s streams"),
            ],
            rows: gateway.participants.sorted { $0.key < $1.key }.map { name, count in
                let seen = report.streams.lazy.filter { $0.operation == name }
                    .map { Double($0.totals.participants) }.reduce(0, +)
                return HTMLTable.Row([
                    name, numbers.count(count), numbers.decimal(seen, places: 0),
                ])
            }
        ).html
    }

    @HTMLBuilder
    private func resources(_ samples: [GatewaySample]) -> HTML {
        let thinning = Thinning(count: samples.count)
        let times = thinning.means(samples.map(\.at))
        let curves: [(title: String, unit: Unit, name: String, values: [Double?])] = [
            (
                "Processor use", .cores, "CPU", Self.cores(samples)
            ),
            (
                "Resident memory", .mebibytes, "memory",
                samples.map { $0.residentBytes.map { Double($0) / 1_048_576 } }
            ),
            (
                "Open descriptors", .descriptors, "descriptors",
                samples.map { $0.openDescriptors.map { Double($0) } }
            ),
        ]
        for curve in curves where curve.values.contains(where: { $0 != nil }) {
            Plot(
                title: curve.title, unit: curve.unit, times: times,
                series: [
                    Plot.Series(
                        name: curve.name, look: .line(.resource),
                        values: thinning.maxima(curve.values))
                ],
                height: 90
            ).figure(over: timeline)
        }
    }

    /// Cores in use between a sample and the one before. A gateway that was started again counts
    /// from zero again: there is no value then.
    static func cores(_ samples: [GatewaySample]) -> [Double?] {
        samples.indices.map { index in
            guard index > 0, let used = samples[index].cpuSeconds,
                let before = samples[index - 1].cpuSeconds
            else { return nil }
            let seconds = samples[index].at - samples[index - 1].at
            return used >= before && seconds > 0 ? (used - before) / seconds : nil
        }
    }
}
