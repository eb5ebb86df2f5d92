public import EventModel
import Foundation
public import Hummingbird

extension RequestContext {
    /// A part of the path, decoded: the router gives it as it was sent. What is not well encoded stands for itself.
    public func decodedParameter(_ name: String) -> ExactText {
        let text = parameters.get(name) ?? ""
        return ExactText(text.removingPercentEncoding ?? text)
    }
}
