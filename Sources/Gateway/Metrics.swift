extension Control {
    func metrics(_ request: ControlRequest) throws(Problem) -> ControlReply { throw .notFound }
}
