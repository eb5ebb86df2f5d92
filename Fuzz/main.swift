// Coverage-guided search for bytes that the way in cannot take: libFuzzer calls `checkInput` again and again, and keeps
// every input that reaches code which no input before it has reached. `make fuzz` runs it; a finding stops it, and its
// input is left in a file.

/// libFuzzer's loop. Source: LLVM's FuzzerInterface.h.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ check: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// By this name libFuzzer asks for it.
@_cdecl("LLVMFuzzerTestOneInput")
func checkInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safe: libFuzzer lends so many bytes until this returns, and they are copied.
    check(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

var argumentCount = CommandLine.argc
// Safe: the process's own arguments, which live as long as it does; no other thread has begun yet.
var arguments = unsafe CommandLine.unsafeArgv
_ = unsafe runFuzzer(&argumentCount, &arguments, checkInput)
