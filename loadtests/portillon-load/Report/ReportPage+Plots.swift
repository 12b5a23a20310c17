/// A stream's plots, all over the page's time axis.
extension ReportPage {
    func plots(of stream: StreamReport) -> HTML {
        let thinning = Thinning(count: stream.seconds.count)
        let times = thinning.means(stream.seconds.map { Double($0.second) + 0.5 })
        return HTML("div", ["class": "plots"]) {
            if !times.isEmpty {
                throughput(of: stream, times, thinning).figure(over: timeline)
                latencies(of: stream, times, thinning).figure(over: timeline)
                verdicts(of: stream, times, thinning).figure(over: timeline)
                if stream.seconds.contains(where: { $0.backlog > 0 }) {
                    backlog(of: stream, times, thinning).figure(over: timeline)
                }
                if let gateway = report.gateway, !gateway.samples.isEmpty {
                    Bands(gateway.samples, operations: [stream.operation]).figure(over: timeline)
                }
                if thinning.stride > 1 {
                    HTML("p", ["class": "remark"]) {
                        """
                        Each point stands for \(thinning.stride) s: rates are averages, latencies \
                        and backlogs the highest of them.
                        """
                    }
                }
            }
        }
    }

    private func throughput(
        of stream: StreamReport, _ times: [Double], _ thinning: Thinning
    ) -> Plot {
        func rates(_ count: (StreamSecond) -> Int) -> [Double?] {
            thinning.means(stream.seconds.map { Double(count($0)) })
        }
        return Plot(
            title: "Throughput", unit: .perSecond, times: times,
            series: [
                Plot.Series(name: "due", look: .line(.due), values: rates(\.due)),
                Plot.Series(name: "sent", look: .line(.sent), values: rates(\.sent)),
                Plot.Series(name: "answered", look: .line(.answered), values: rates(\.answered)),
            ])
    }

    private func latencies(
        of stream: StreamReport, _ times: [Double], _ thinning: Thinning
    ) -> Plot {
        /// A second without answers has no latency, and 0 is nowhere on a logarithmic axis.
        func highest(_ latency: (StreamSecond) -> Double) -> [Double?] {
            thinning.maxima(
                stream.seconds.map { second in
                    let latency = latency(second)
                    return latency.isFinite && latency > 0 ? latency : nil
                })
        }
        return Plot(
            title: "Latency, from due", unit: .milliseconds, times: times,
            series: [
                Plot.Series(name: "p50", look: .line(.p50), values: highest(\.p50)),
                Plot.Series(name: "p90", look: .line(.p90), values: highest(\.p90)),
                Plot.Series(name: "p99", look: .line(.p99), values: highest(\.p99)),
                Plot.Series(name: "max", look: .line(.max), values: highest(\.max)),
            ],
            height: 240)
    }

    private func verdicts(
        of stream: StreamReport, _ times: [Double], _ thinning: Thinning
    ) -> Plot {
        func area(_ name: String, _ fill: Fill, _ count: (StreamSecond) -> Double) -> Plot.Series {
            Plot.Series(
                name: name, look: .area(fill), values: thinning.means(stream.seconds.map(count)))
        }
        let names = stream.totals.verdictsInOrder.map(\.name)
        let told = names.prefix(Self.maximumAreas)
        let others = names.dropFirst(Self.maximumAreas)
        var series = told.map { name in
            area(name, Fill(verdict: name)) { Double($0.verdicts[name] ?? 0) }
        }
        if !others.isEmpty {
            series.append(
                area("others", .other) { second in
                    others.reduce(0) { $0 + Double(second.verdicts[$1] ?? 0) }
                })
        }
        if stream.seconds.contains(where: { $0.errors > 0 }) {
            series.append(area("errors", .errors) { Double($0.errors) })
        }
        return Plot(
            title: "Verdicts", unit: .perSecond, form: .stack, times: times, series: series)
    }

    /// More areas on each other could not be told apart.
    private static let maximumAreas = 10

    private func backlog(
        of stream: StreamReport, _ times: [Double], _ thinning: Thinning
    ) -> Plot {
        Plot(
            title: "Due and waiting for a connection", unit: .requests, times: times,
            series: [
                Plot.Series(
                    name: "backlog", look: .line(.backlog),
                    values: thinning.maxima(stream.seconds.map { Double($0.backlog) }))
            ],
            height: 90)
    }
}
