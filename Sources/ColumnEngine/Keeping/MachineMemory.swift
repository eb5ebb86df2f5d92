private import Foundation

/// How much memory this machine has.
public enum MachineMemory {
    /// Bytes.
    public static var bytes: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory) }
}
