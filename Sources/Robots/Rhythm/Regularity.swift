/// The sequential test of layer 3: are these intervals a program's, or people's?
///
/// A probability ratio test (Wald, "Sequential Tests of Statistical Hypotheses", 1945) on what does
/// not depend on the mean: the shares of the intervals in their sum. For a gamma distribution of
/// shape k they follow Dirichlet(k, …, k), so the ratio of shape k to shape 1, in bits, is
///
///     lg Γ(nk) - n lg Γ(k) - lg Γ(n) + (k - 1) (Σ lg tᵢ - n lg Σ tᵢ)
///
/// Under people's intervals the ratio's mean is 1 after any number of them, so that it ever exceeds
/// 2ᵇ with probability 2⁻ᵇ at most, whenever the test looks.
///
/// - People who enter one after the other behind one address come like a Poisson process: shape 1
///   (Paxson and Floyd, "Wide-Area Traffic: The Failure of Poisson Modeling", 1995, found arrivals
///   of sessions so). One person's intervals vary more (Barabási, "The origin of bursts and heavy
///   tails in human dynamics", 2005), which the test takes for even more human.
/// - `between(1,5)` has a coefficient of variation of 0.38: shape 6. A fixed pace: shape 60 and
/// more.
/// - People who queue before one tablet are as regular as shape 6. So intervals that leave a person
///   the time to fill a form are compared with that, too.
enum Regularity {
    /// Fewer intervals show nothing.
    static let minimumCount: UInt32 = 5
    /// A queue of people before one device is not faster, on average.
    static let queueMilliseconds = 8_000.0
    /// Shorter intervals are as long as their rounding to milliseconds, which makes them equal.
    static let shortestMilliseconds = 25.0
    /// What looking at six keys an entry (address, session, participant, front-end key, head, stem)
    /// and at two regular hypotheses costs, in bits: log2 of 12, rounded up.
    static let multiplicity = 4.0

    /// Evidence for a program, in bits: that it exceeds b has a probability below 2⁻ᵇ for people.
    static func evidence(_ intervals: IntervalSummary) -> Double {
        let count = Int(intervals.count)
        guard intervals.count >= minimumCount, intervals.count <= IntervalSummary.maximumCount,
            intervals.mean >= shortestMilliseconds
        else { return 0 }
        let spread =
            Double(intervals.logSum) - Double(count) * BinaryLogarithm.of(Double(intervals.sum))
        let loose = looseTerms[count] + 5 * spread
        let tight = tightTerms[count] + 59 * spread
        let evidence =
            intervals.mean < queueMilliseconds ? max(loose, tight) : tight - max(loose, 0)
        return evidence - multiplicity
    }

    /// What does not depend on the intervals, by their number: for shapes 6 and 60.
    private static let looseTerms = terms(shape: 6)
    private static let tightTerms = terms(shape: 60)

    private static func terms(shape: Int) -> [Double] {
        let single = BinaryLogarithm.ofGamma(shape)
        return (0...Int(IntervalSummary.maximumCount)).map { count in
            guard count > 0 else { return 0 }
            return BinaryLogarithm.ofGamma(count * shape) - Double(count) * single
                - BinaryLogarithm.ofGamma(count)
        }
    }
}
