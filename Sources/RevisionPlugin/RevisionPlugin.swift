import Foundation
import PackagePlugin

/// Writes the git revision of the sources into a Swift file of the target that uses the plugin.
///
/// Not `Context.gitInformation` of the manifest: Swift 6.3 keeps its evaluation, and goes on building the revision of an
/// old commit (swiftlang/swift-package-manager, issue 8202). The command here runs again when one of its inputs changed:
/// the log of HEAD, to which every commit and checkout adds a line, or a source, after which the tree may differ from
/// the commit. Files come and go only with a new plan of the build, which asks this plugin again. The file is written
/// only if its text changes, so that nothing is compiled for nothing.
@main
struct RevisionPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let root = context.package.directoryURL
    let file = context.pluginWorkDirectoryURL.appending(path: "SourceRevision.swift")
    return [
      .buildCommand(
        displayName: "Asking git for the revision of the sources", executable: URL(filePath: "/bin/sh"),
        arguments: ["-c", Self.script, "revision", root.path(percentEncoded: false), file.path(percentEncoded: false)],
        inputFiles: Self.sources(root) + Self.logOfHead(root), outputFiles: [file])
    ]
  }

  /// A folder without .git of its own, such as an unpacked archive, has no revision, even within a checkout of something
  /// else. Only what the program is made of counts as changed: not results, tests or documents.
  private static let script = """
    cd "$1" || exit
    revision=unknown
    if [ -e .git ] && commit=$(git rev-parse --short=12 HEAD 2>/dev/null) &&
      changes=$(git --no-optional-locks status --porcelain -- Package.swift Sources 2>/dev/null)
    then
      revision=$commit${changes:++changed}
    fi
    text="let sourceRevision = \\"$revision\\""
    [ "$(cat "$2" 2>/dev/null)" = "$text" ] || echo "$text" >"$2"
    """

  /// Every file that the program is made of, headers and such included. Folders of links lead to files that are here
  /// already.
  private static func sources(_ root: URL) -> [URL] {
    let folder = root.appending(path: "Sources", directoryHint: .isDirectory)
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])?
      .compactMap { $0 as? URL }
      .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true }
    return [root.appending(path: "Package.swift")] + (files ?? []).sorted { $0.path < $1.path }
  }

  /// The file to which git adds a line whenever HEAD changes, if there is one.
  private static func logOfHead(_ root: URL) -> [URL] {
    var folder = root.appending(path: ".git")
    // In further work trees and submodules .git is a file that names the folder: "gitdir: PATH".
    if let text = try? String(contentsOf: folder, encoding: .utf8), text.hasPrefix("gitdir: ") {
      let path = text.dropFirst("gitdir: ".count).trimmingCharacters(in: .newlines)
      folder = URL(filePath: path, relativeTo: root)
    }
    let log = folder.appending(path: "logs/HEAD")
    return FileManager.default.fileExists(atPath: log.path) ? [log.absoluteURL] : []
  }
}
