private import Foundation

/// How many cores this process may use.
public enum ProcessorCount {
    public static var active: Int { ProcessInfo.processInfo.activeProcessorCount }
}
