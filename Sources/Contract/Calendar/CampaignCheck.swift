internal import Time

/// What a campaign would bring beside everything that is expected already.
package struct CampaignCheck: Equatable, Sendable {
    package let wave: ExpectedWave
    /// The highest rate that the campaign is expected to bring by itself.
    package let ownPeak: ExpectedLoad.Step
    /// The highest rate of all together while the campaign's recipients answer.
    package let peak: ExpectedLoad.Step
    /// What the others are expected to bring at that moment, in entries a second.
    package let othersPerSecond: Double

    package init(_ wave: ExpectedWave, beside others: ExpectedLoad) {
        let own = ExpectedLoad(CollectionOfOne(wave))
        self.wave = wave
        ownPeak = own.peak(from: wave.starts, to: wave.ends)
        peak = (own + others).peak(from: wave.starts, to: wave.ends)
        othersPerSecond = others.perSecond(at: peak.at)
    }

    /// Whether all together stay within a target, in entries a second. A campaign is not to blame
    /// for moments that the others alone make too high, if it adds less than 1 % of the target
    /// then.
    package func fits(_ target: Double) -> Bool {
        let added = peak.perSecond - othersPerSecond
        return peak.perSecond <= target || (othersPerSecond > target && added < target / 100)
    }
}
