import MessagePassing
import Testing

/// What needs no other rank. Messages between ranks need an mpirun: the tests of campaigns exercise them.
@Suite struct CommunicatorTests {
  @Test func singleProcess() throws {
    let communicator = try Communicator.start(under: LauncherEnvironment([:]))
    #expect(communicator.rank == 0)
    #expect(communicator.size == 1)
    #expect(communicator.library == "single process")
    #expect(!communicator.host.isEmpty)
    #expect(communicator.description == "rank 0 of 1 on \(communicator.host), single process")

    #expect(try communicator.broadcast([]) == [])
    #expect(try communicator.broadcast([3, 1, 2]) == [3, 1, 2])
    #expect(try communicator.minimum(.max) == .max)
    #expect(try communicator.receive() == nil)
    try communicator.progress()
    try communicator.finish(patience: 0)
  }

  @Test func singleProcessesDoNotExcludeEachOther() throws {
    for _ in 0..<2 { #expect(try Communicator.start(under: LauncherEnvironment([:])).size == 1) }
  }

  @Test func messagesThatMPICannotCountAreRefused() throws {
    try Communicator.checkLength(0)
    try Communicator.checkLength(2_147_483_647)
    #expect(throws: MessagePassingError.messageTooLong(bytes: 2_147_483_648)) {
      try Communicator.checkLength(2_147_483_648)
    }
  }

  @Test(arguments: [
    (
      "Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022",
      "Open MPI v4.1.4"
    ),
    ("MPICH Version:      4.0.2\nMPICH Release date: Thu Apr  7 12:34:45 CDT 2022\n", "MPICH Version: 4.0.2"),
    ("Intel(R) MPI Library 2021.6 for Linux* OS\n", "Intel(R) MPI Library 2021.6 for Linux* OS"),
    ("", ""),
  ])
  func nameOfTheLibrary(version: String, name: String) {
    #expect(Communicator.libraryName(version) == name)
  }
}
