// swift-tools-version:6.3
import PackageDescription

// The house from the ground to the top floor; imports point downwards only. Documentation/house.md draws it.
//
// Swift 6 language mode everywhere (the default of this tools version), so strict concurrency. Swift 6.3 is needed for
// `@inline(always)`, which the kernels rely on.

// MARK: - Kernels

// The kernel sources are compiled once for each level, and those that train networks once more for double precision:
// KernelsBaseline, KernelsBaselineDouble, KernelsAVX2 and so on hold symbolic links to the folders of
// Sources/KernelSources.
//
// -march steers Swift code too when it is handed to the embedded clang; -fno-math-errno makes square roots of vectors
// single instructions; -Ounchecked keeps the kernels optimized in debug builds. Unsafe flags bar a package from being a
// dependency of others, which an application is not.
func kernelModules(_ level: String, march: String?) -> [Target] {
  var settings = [SwiftSetting.unsafeFlags(["-Ounchecked", "-Xcc", "-fno-math-errno"])]
  if let march { settings += [.unsafeFlags(["-Xcc", "-march=\(march)"]), .define("FUSED_MULTIPLY_ADD")] }
  // 32 registers of 64 bytes: larger register blocks.
  if level == "AVX512" { settings.append(.define("WIDE_REGISTERS")) }
  return [
    .target(name: "Kernels\(level)", dependencies: ["KernelInterface"], swiftSettings: settings),
    .target(
      name: "Kernels\(level)Double", dependencies: ["KernelInterface"],
      swiftSettings: settings + [.define("DOUBLE_PRECISION")]),
  ]
}

var kernelTargets = kernelModules("Baseline", march: nil)
// Elsewhere than on x86-64 the baseline level is the only one, and for Scripts/test-sanitizers, which sets the variable:
// with the checks of sanitizers the others did not compile within 45 minutes.
let hasBaselineOnly = Context.environment["LANDFALL_BASELINE_KERNELS"] != nil
#if arch(x86_64)
  if !hasBaselineOnly {
    kernelTargets += kernelModules("AVX2", march: "x86-64-v3") + kernelModules("AVX512", march: "x86-64-v4")
  }
#endif
let kernelLevels = kernelTargets.map { Target.Dependency(stringLiteral: $0.name) }

// MARK: - Drawing

// The program that draws figures, links to Scripts/figures. DrawingProgram.swift writes it out.
let drawing = [
  "axes.py", "data.py", "draw.py", "files.py", "layout.py", "looks.py", "marks.py", "panels.py", "texts.py",
  "requirements.txt",
].map { Resource.embedInCode("Figures/Drawing/\($0)") }

// MARK: - External libraries

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
// The C interface of the SQLite that GRDB uses.
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "Landfall",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "landfall", targets: ["landfall"])],
  // On by default: link MPI. Off (swift build --disable-default-traits): one process, no MPI needed. A trait and not a
  // silent fallback, because a program without MPI under mpirun would run the whole study in every process.
  traits: [
    .default(enabledTraits: ["MPI"]),
    .trait(name: "MPI", description: "Link MPI; without it the program is a single process"),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // MARK: Ground: thin C and C++ shims
    // Only for its compiler flags: the C shim includes mpi.h, Swift never imports this. MPI_PKG names another
    // pkg-config file than the one of the system's chosen MPI.
    .systemLibrary(
      name: "CMPILibrary", pkgConfig: Context.environment["MPI_PKG"] ?? "mpi-c",
      providers: [.apt(["libopenmpi-dev"]), .yum(["openmpi-devel"]), .brew(["open-mpi"])]),
    .target(
      name: "CMPI", dependencies: [.target(name: "CMPILibrary", condition: .when(traits: ["MPI"]))],
      cSettings: [.define("WITH_MPI", .when(traits: ["MPI"]))]),
    // For the linker flags of the system's LAPACK.
    .systemLibrary(
      name: "CLAPACKLibrary", pkgConfig: "lapack",
      providers: [.apt(["liblapack-dev"]), .yum(["lapack-devel"]), .brew(["lapack"])]),
    .target(name: "CLAPACK", dependencies: ["CLAPACKLibrary"]),
    // For the flags of the system's libcrypto.
    .systemLibrary(
      name: "CCryptoLibrary", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .yum(["openssl-devel"]), .brew(["openssl@3"])]),
    .target(name: "CCrypto", dependencies: ["CCryptoLibrary"]),
    .target(name: "CProcessor", cSettings: hasBaselineOnly ? [.define("BASELINE_KERNELS")] : []),
    .target(name: "CSignals"),
    .target(name: "CSpecialFunctions"),

    // MARK: Words, numbers
    // The revision that git knows, written when the program is built: only this small target is compiled for it.
    .plugin(name: "RevisionPlugin", capability: .buildTool(), path: "Sources/RevisionPlugin"),
    .target(name: "BuildInformation", plugins: ["RevisionPlugin"]),
    .target(name: "Outcomes", dependencies: ["CCrypto"]),
    .target(name: "Texts"),
    .target(name: "Threads"),
    .target(name: "Randomness"),
    .target(name: "Numerics", dependencies: ["CLAPACK"]),
    .target(name: "Estimation", dependencies: ["CSpecialFunctions"]),
    .target(name: "KernelInterface"),
    .target(name: "Kernels", dependencies: ["CProcessor", "KernelInterface", "Randomness"] + kernelLevels),
    .target(name: "Expressions", dependencies: ["Kernels", "Texts"]),

    // MARK: A trial
    .target(name: "Networks", dependencies: ["Expressions", "Kernels", "Numerics", "Randomness"]),
    .target(name: "Problems", dependencies: ["Expressions", "Kernels", "Networks", "Randomness", "Texts"]),
    .target(
      name: "Risk", dependencies: ["Expressions", "Kernels", "Networks", "Numerics", "Problems", "Randomness"]),
    .target(
      name: "Training",
      dependencies: ["Expressions", "Kernels", "Networks", "Numerics", "Problems", "Randomness", "Risk"]),
    .target(
      name: "Landscape",
      dependencies: [
        "Expressions", "Kernels", "Networks", "Numerics", "Outcomes", "Problems", "Risk", "Training",
      ]),
    .target(
      name: "Studies",
      dependencies: [
        "Estimation", "Expressions", "Kernels", "Landscape", "Networks", "Outcomes", "Problems", "Risk", "Texts",
        "Threads", "Training", yams,
      ]),
    .target(
      name: "Trials",
      dependencies: [
        "Kernels", "Landscape", "Networks", "Numerics", "Outcomes", "Problems", "Risk", "Studies", "Texts", "Training",
      ]),

    // MARK: Many trials
    .target(name: "Ledger", dependencies: ["Estimation", "Outcomes", "Texts", grdb, sqlite]),
    .target(
      name: "Archive",
      dependencies: [
        "BuildInformation", "Estimation", "Kernels", "Landscape", "Ledger", "Networks", "Outcomes", "Problems",
        "Randomness",
        "Studies", "Trials",
      ]),
    .target(name: "MessagePassing", dependencies: ["CMPI"]),
    .target(
      name: "Campaign",
      dependencies: [
        "Archive", "BuildInformation", "CSignals", "Estimation", "Kernels", "Landscape", "Ledger", "MessagePassing",
        "Outcomes", "Studies", "Texts", "Threads", "Training", "Trials",
      ]),
    .target(
      name: "Reporting",
      dependencies: [
        "Archive", "Estimation", "Kernels", "Landscape", "Ledger", "Networks", "Outcomes", "Problems", "Studies",
        "Texts", "Training", "Trials",
      ],
      resources: drawing),
    .executableTarget(
      name: "landfall",
      dependencies: [
        "Archive", "BuildInformation", "Campaign", "Kernels", "Landscape", "Ledger", "MessagePassing", "Outcomes",
        "Reporting", "Studies", "Texts", "Trials",
        argumentParser,
      ]),

    // MARK: Tests
    // The program with trials that trap, which no release contains: the sources of its two top floors, links, compiled once
    // more.
    .executableTarget(
      name: "LandfallWithTraps",
      dependencies: [
        "Archive", "BuildInformation", "CSignals", "Campaign", "Estimation", "Kernels", "Landscape", "Ledger",
        "MessagePassing", "Outcomes", "Reporting", "Studies", "Texts", "Threads", "Training", "Trials",
        argumentParser,
      ],
      path: "Tests/Traps", swiftSettings: [.define("TRAPS")]),
    // What at least two test targets use.
    .target(
      name: "TestSupport", dependencies: ["Expressions", "Kernels", "Networks", "Problems", "Randomness"],
      path: "Tests/Support"),
    .testTarget(name: "BuildInformationTests", dependencies: ["BuildInformation"]),
    .testTarget(name: "OutcomesTests", dependencies: ["Outcomes", "TestSupport"]),
    .testTarget(name: "TextsTests", dependencies: ["Texts"]),
    .testTarget(name: "ThreadsTests", dependencies: ["Threads"]),
    .testTarget(name: "RandomnessTests", dependencies: ["Randomness"]),
    .testTarget(name: "NumericsTests", dependencies: ["Numerics", "TestSupport"]),
    .testTarget(name: "KernelsTests", dependencies: ["KernelInterface", "Kernels", "Randomness", "TestSupport"]),
    .testTarget(name: "ExpressionsTests", dependencies: ["Expressions", "TestSupport"]),
    .testTarget(name: "NetworksTests", dependencies: ["Kernels", "Networks", "TestSupport"]),
    .testTarget(
      name: "ProblemsTests",
      dependencies: ["Expressions", "Kernels", "Networks", "Problems", "Randomness", "TestSupport"]),
    .testTarget(
      name: "RiskTests",
      dependencies: ["Expressions", "Kernels", "Networks", "Numerics", "Problems", "Randomness", "Risk", "TestSupport"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: ["Expressions", "Kernels", "Networks", "Problems", "Randomness", "TestSupport", "Training"]),
    .testTarget(
      name: "LandscapeTests",
      dependencies: [
        "Expressions", "Kernels", "Landscape", "Networks", "Numerics", "Outcomes", "Problems", "Randomness", "Risk",
        "TestSupport", "Training",
      ]),
    .testTarget(
      name: "StudiesTests",
      dependencies: [
        "Expressions", "Kernels", "Landscape", "Networks", "Problems", "Studies", "TestSupport", "Training",
      ]),
    .testTarget(name: "EstimationTests", dependencies: ["CSpecialFunctions", "Estimation", "TestSupport"]),
    .testTarget(name: "LedgerTests", dependencies: ["Estimation", "Ledger", "Outcomes", "TestSupport", grdb]),
    .testTarget(name: "MessagePassingTests", dependencies: ["CSignals", "MessagePassing"]),
    .testTarget(
      name: "TrialsTests",
      dependencies: [
        "Kernels", "Landscape", "Networks", "Outcomes", "Problems", "Randomness", "Risk", "Studies",
        "TestSupport", "Training", "Trials",
      ]),
    .testTarget(
      name: "ArchiveTests",
      dependencies: [
        "Archive", "BuildInformation", "Landscape", "Ledger", "Outcomes", "Studies", "TestSupport", "Trials", grdb,
      ]),
    .testTarget(
      name: "CampaignTests",
      dependencies: ["Archive", "Campaign", "Ledger", "MessagePassing", "Outcomes", "TestSupport", "Trials"]),
    .testTarget(
      name: "ReportingTests",
      dependencies: [
        "Archive", "Estimation", "Kernels", "Landscape", "Ledger", "Networks", "Outcomes", "Reporting", "Risk",
        "Studies",
        "TestSupport", "Trials", grdb,
      ]),
    // What fuzzers try, and the files that they began with and found.
    .target(
      name: "FuzzReaders",
      dependencies: ["Campaign", "Expressions", "Ledger", "Outcomes", "Problems", "Reporting", "Studies"],
      path: "Tests/Fuzz/Readers"),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzReaders"]),
    // Real runs of the program, alone and under mpirun.
    .testTarget(
      name: "Campaigns",
      dependencies: [
        "BuildInformation", "Campaign", "Kernels", "LandfallWithTraps", "Ledger", "TestSupport", "landfall", grdb,
      ],
      path: "Tests/Campaigns"),
  ] + kernelTargets,
  cxxLanguageStandard: .cxx17
)

// MARK: - Fuzzers

// For Scripts/test-sanitizers alone, which sets the variable: libFuzzer is told which code of these modules runs.
if Context.environment["LANDFALL_FUZZERS"] != nil {
  let watched: Set = [
    "Archive", "Campaign", "Expressions", "FuzzReaders", "Ledger", "Outcomes", "Problems", "Reporting", "Studies",
  ]
  let sanitizers = ["-sanitize=address", "-sanitize=fuzzer"]
  for target in package.targets where watched.contains(target.name) {
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(sanitizers)]
  }
  package.targets.append(
    .executableTarget(
      name: "fuzzers", dependencies: ["FuzzReaders"], path: "Tests/Fuzz/Fuzzers",
      swiftSettings: [.unsafeFlags(["-parse-as-library"] + sanitizers)],
      // Another linker than the default one, which does not know the symbols of the sanitizers.
      linkerSettings: [.unsafeFlags(sanitizers + ["-use-ld=lld"])]))
}
