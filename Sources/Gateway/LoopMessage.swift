internal import Sockets

/// Something that another thread posts to a loop, outside the entry path.
enum LoopMessage: Sendable {
    /// An operation is new or has other settings: use these from now on.
    case operation(OperationProfile)
    /// An operation is no more, and only this is left of it: its name goes to the successor, if
    /// there is one, and these keys are as they are now.
    case retired(OperationProfile, successor: OperationProfile?, keys: [DirectoryKey])
    /// A front-end key is new or revoked.
    case key(DirectoryKey)
    /// A permit for test entries is new or revoked.
    case permit(PermitProfile)
    /// The control side's answer to a request of one of this worker's connections.
    case answer(ControlAnswer)
    /// Events of a connection's streamed answer wait, or it is to end.
    case stream(EventToken)
    /// Other limits than at the start.
    case limits(Limits)
    /// Other rules for what gives a robot away.
    case ruleset(RobotRuleset)
    /// The listener's certificates are other ones: connections from now on get these.
    case certificates
    /// What a loop serves as it is, in place of what it served before.
    case files([PublicFile])
    /// The public status page was made anew.
    case status(StatusPages)
    /// Take connections from here: the loop was started without a listener.
    case listen(ThreadHandover<Listener>)
    /// Stop listening, finish what is in flight, end.
    case drain
    /// Why new entries are to be refused; nil where they are not. A loop tells its own service.
    case halt(EntryHalt?)
    /// Measure how long it took to be read; sent at this time of the monotonic clock.
    case ping(UInt64)
}
