import Foundation

extension Error {
  /// Why the system refused something, in its own words: Foundation's hide that, or end in a full stop.
  var systemReason: String {
    var error = self as NSError
    while error.domain != NSPOSIXErrorDomain, let cause = error.userInfo[NSUnderlyingErrorKey] as? any Error {
      error = cause as NSError
    }
    return error.domain == NSPOSIXErrorDomain ? String(cString: strerror(Int32(error.code))) : localizedDescription
  }
}
