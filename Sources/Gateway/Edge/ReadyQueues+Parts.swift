/// What the queues are made of: links between slots, between shares, and the ends of both.
extension ReadyQueues {
    struct Node {
        var previous = ReadyQueues.none
        var next = ReadyQueues.none
        /// `none` while it does not wait.
        var share = ReadyQueues.none
        var since: UInt64 = 0
    }

    struct Share {
        var head = ReadyQueues.none
        var tail = ReadyQueues.none
        /// Connections in its queue.
        var count = 0
        /// The next share of the ring.
        var next = ReadyQueues.none
        /// Units that it may still use before others are served; negative where it used more.
        var balance: Int32 = 0
        var weight: Int32 = 1
        var crowd: UInt32 = 0
        /// What its pace lets be read, where it is held.
        var bucket = ReadBucket()
        var pacePerSecond: UInt32 = 0
        var isHeld = false
        /// It has been found without a read, and has had connections that wait ever since.
        var isWithheld = false
        var isLast = false
        var isInRing = false
        /// The ring that it is in, where it is in one; an empty share stays there until its turn.
        var ring = ReadyQueues.front
    }

    struct Ring {
        var head = ReadyQueues.none
        var tail = ReadyQueues.none
        /// Connections of its shares.
        var count = 0
        /// Its shares, the empty ones too.
        var shares = 0
    }
}
