import Foundation

/// The program that draws figures: the modules of `Scripts/figures`, which are in this program.
enum DrawingProgram {
  private static let modules = [
    ("axes.py", PackageResources.axes_py), ("data.py", PackageResources.data_py),
    ("draw.py", PackageResources.draw_py), ("files.py", PackageResources.files_py),
    ("layout.py", PackageResources.layout_py), ("looks.py", PackageResources.looks_py),
    ("marks.py", PackageResources.marks_py), ("panels.py", PackageResources.panels_py),
    ("texts.py", PackageResources.texts_py),
  ]

  /// Writes the modules into a folder.
  ///
  /// - Returns: the one to start.
  static func write(into folder: URL) throws -> URL {
    for (name, content) in modules { try Data(content).write(to: folder.appending(path: name)) }
    return folder.appending(path: "draw.py")
  }
}
