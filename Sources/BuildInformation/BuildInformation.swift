/// Which program this is: what results are recorded with.
public enum BuildInformation {
  public static let version = "0.2.0"

  /// The commit that the program was built from, 12 hexadecimal digits, with "+changed" behind them if its sources
  /// differed from the commit; "unknown" if they were in no git checkout.
  public static let revision = sourceRevision

  /// The compiler, as exactly as its language tells: a compiler knows that it is at least some version.
  public static let compiler = "Swift " + compilerVersion

  #if compiler(>=6.5)
    private static let compilerVersion = "6.5 or later"
  #elseif compiler(>=6.4)
    private static let compilerVersion = "6.4"
  #elseif compiler(>=6.3.4)
    private static let compilerVersion = "6.3.4 or later"
  #elseif compiler(>=6.3.3)
    private static let compilerVersion = "6.3.3"
  #elseif compiler(>=6.3.2)
    private static let compilerVersion = "6.3.2"
  #elseif compiler(>=6.3.1)
    private static let compilerVersion = "6.3.1"
  #else
    private static let compilerVersion = "6.3"
  #endif
}
