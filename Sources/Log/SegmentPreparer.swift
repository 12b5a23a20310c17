internal import Bytes
internal import Cryptography
internal import Files
internal import Glibc
internal import Threads

/// A thread that has the next segment ready before it is needed, and closes the one before.
///
/// A segment's zeros are really written: a sync into blocks that are only reserved has to record
/// in the file system that they are in use now, which takes half as long again.
@safe
final class SegmentPreparer: @unchecked Sendable {
    // `@unchecked Sendable`: everything that changes is read and written under `mutex` only.

    /// Owned; initialised by `init`, destroyed by `deinit`, at an address that stays.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// Signalled when anything below changes.
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let thread = StoppableThread()

    private var isWanted = false
    private var isReady = false
    private var isStopping = false
    /// Why the last try failed; nil after success, and while none has been made.
    private var failure: FileError?
    /// When to try again, on the monotonic clock.
    private var retryAt = timespec()
    private var footers: [Footer] = []
    private var footerFailure: FileError?

    private let directory: String
    private let segmentBytes: Int
    private let retryMilliseconds: Int

    /// A footer to write into a segment that is full.
    private struct Footer {
        var path: String
        var sector: [UInt8]
        var offset: Int
    }

    init(directory: String, options: LogOptions) throws(FileError) {
        self.directory = directory
        segmentBytes = options.segmentBytes
        retryMilliseconds = options.retryMilliseconds
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(changed, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
        unsafe pthread_mutex_init(mutex, nil)
        try start()
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe pthread_cond_destroy(changed)
        unsafe mutex.deallocate()
        unsafe changed.deallocate()
    }

    var sparePath: String { directory + "/" + LogFormat.spareName }

    // MARK: For the thread that commits

    /// Asks for a segment; returns at once.
    func request() {
        locked {
            isWanted = true
            unsafe pthread_cond_broadcast(changed)
        }
    }

    /// Waits while a segment is being prepared, but no longer than given: a disk that stalls must
    /// not hold up who can still refuse.
    /// - Returns: whether there is one; false where preparing it failed and will be tried again, or
    ///   takes longer.
    func waitUntilReady(milliseconds: Int) -> Bool {
        locked {
            isWanted = true
            unsafe pthread_cond_broadcast(changed)
            var end = monotonic(afterMilliseconds: milliseconds)
            while !isReady, failure == nil {
                if unsafe pthread_cond_timedwait(changed, mutex, &end) == ETIMEDOUT { break }
            }
            return isReady
        }
    }

    /// Takes the segment away, at ``sparePath``; it is the caller's to rename.
    /// - Returns: false if there is none.
    func claim() -> Bool {
        locked {
            guard isReady else { return false }
            isReady = false
            isWanted = false
            return true
        }
    }

    /// Has a footer written into a segment that another one follows.
    func writeFooter(_ sector: RawSpan, path: String, offset: Int) {
        let footer = Footer(path: path, sector: sector.array, offset: offset)
        locked {
            footers.append(footer)
            unsafe pthread_cond_broadcast(changed)
        }
    }

    /// Why no segment is ready, or a footer could not be written; nil if all is well.
    var lastFailure: FileError? { locked { failure ?? footerFailure } }

    /// Ends the thread and waits for it; footers that are due are written first.
    func stop() {
        thread.stop {
            locked {
                isStopping = true
                unsafe pthread_cond_broadcast(changed)
            }
        }
    }

    // MARK: The thread

    private func start() throws(FileError) {
        do throws(ThreadFailure) {
            try thread.start(name: "segments") { self.run() }
        } catch {
            throw FileError("start a thread for", directory, error.code)
        }
    }

    private func run() {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if !footers.isEmpty {
                let footer = footers.removeFirst()
                let result = unlocked { write(footer) }
                footerFailure = result ?? footerFailure
            } else if isStopping {
                return
            } else if isWanted, !isReady, failure == nil || isRetryDue {
                failure = unlocked { prepare() }
                isReady = failure == nil
                if failure != nil { retryAt = monotonic(afterMilliseconds: retryMilliseconds) }
                unsafe pthread_cond_broadcast(changed)
            } else if failure != nil {
                unsafe pthread_cond_timedwait(changed, mutex, &retryAt)
            } else {
                unsafe pthread_cond_wait(changed, mutex)
            }
        }
    }

    private func prepare() -> FileError? {
        do {
            try Self.writeZeros(path: sparePath, bytes: segmentBytes) { locked { isStopping } }
            return nil
        } catch {
            // The failure that counts is the first; half a file must not fill the disk either.
            _ = try? File.remove(sparePath)
            return error
        }
    }

    private func write(_ footer: Footer) -> FileError? {
        do {
            let file = try File(footer.path, O_WRONLY)
            try file.write(unsafe footer.sector.span.bytes, at: footer.offset)
            try file.syncData()
            return nil
        } catch {
            return error
        }
    }

    /// Creates a file of so many zeros, durable except for its name.
    static func writeZeros(
        path: String, bytes: Int, isStopping: () -> Bool = { false }
    ) throws(FileError) {
        try File.remove(path)
        let file = try File(path, O_WRONLY | O_CREAT | O_EXCL)
        try writeZeros(file, from: 0, to: bytes, isStopping: isStopping)
        try file.sync()
    }

    /// Writes zeros between two offsets, a little at a time: the disk has batches to sync too.
    static func writeZeros(
        _ file: borrowing File, from first: Int, to end: Int, isStopping: () -> Bool = { false }
    ) throws(FileError) {
        var zeros = ByteBuffer(capacity: min(1 << 20, max(end - first, 1)))
        zeros.append(zeros: zeros.capacity)
        var offset = first
        while offset < end {
            if isStopping() { throw FileError("prepare", file.path, ECANCELED) }
            let length = min(zeros.count, end - offset)
            try file.write(zeros.bytes.extracting(0..<length), at: offset)
            try file.syncData()
            offset += length
        }
    }

    // MARK: The lock

    private var isRetryDue: Bool {
        let now = monotonic(afterMilliseconds: 0)
        return (now.tv_sec, now.tv_nsec) >= (retryAt.tv_sec, retryAt.tv_nsec)
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Lets the others go on during something slow.
    private func unlocked<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_unlock(mutex)
        defer { unsafe pthread_mutex_lock(mutex) }
        return body()
    }
}

/// A moment on the clock that nobody sets.
private func monotonic(afterMilliseconds milliseconds: Int) -> timespec {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let nanoseconds = time.tv_nsec + milliseconds % 1000 * 1_000_000
    time.tv_sec += milliseconds / 1000 + nanoseconds / 1_000_000_000
    time.tv_nsec = nanoseconds % 1_000_000_000
    return time
}
