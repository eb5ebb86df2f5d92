import Foundation
import Hummingbird

extension RequestContext {
    /// A part of the path, decoded: the router gives it as it was sent. What is not well encoded stands for itself.
    func decodedParameter(_ name: String) -> String {
        let text = parameters.get(name) ?? ""
        return text.removingPercentEncoding ?? text
    }
}
