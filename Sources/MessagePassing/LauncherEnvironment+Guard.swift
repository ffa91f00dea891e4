extension LauncherEnvironment {
  /// Refuses a launcher that is not that of the MPI this program was built with. Such a launcher starts processes that
  /// cannot find each other: each is rank 0 of 1 and would run the whole study into the same ledger.
  ///
  /// - Parameters:
  ///   - size: what MPI reports (1 in a build without MPI).
  ///   - library: MPI's name and version; nil in a build without MPI.
  package func check(size: Int, library: String?) throws(MessagePassingError) {
    guard self.size > 1, size == 1 else { return }
    throw .foreignLauncher(launcher, processes: self.size, library: library)
  }
}
