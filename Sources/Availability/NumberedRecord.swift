/// What is on record under a number, which is never given to another one.
package protocol NumberedRecord {
    var number: UInt32 { get }
}
