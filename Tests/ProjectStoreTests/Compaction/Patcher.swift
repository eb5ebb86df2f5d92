import Compression
import EventModel
import Storage

/// Tells large sets by others.
struct Patcher {
    private let patcher = ZstdPatcher()

    func patch(_ set: Int32, _ text: String, of base: Int32, _ baseText: String) -> PropertySetPatch {
        let bytes = patcher.patch(from: baseText.utf8Span.span, to: text.utf8Span.span)
        return PropertySetPatch(PropertySetID(set), of: PropertySetID(base), bytes: bytes)
    }
}
