namespace FuncQueue.Tests.Support;

/// <summary>The files of the repository that people write, as paths from its root with slashes.</summary>
public static class Repository
{
    private static readonly string[] Made = ["bin", "obj", "node_modules", ".git", ".azurite", "TestResults", "artifacts"];

    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static IEnumerable<string> Files(string ending) =>
        Below(new DirectoryInfo(Root))
            .Where(file => file.Name.EndsWith(ending, StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Root, file.FullName).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<FileInfo> Below(DirectoryInfo folder) =>
        folder.EnumerateFiles().Concat(folder.EnumerateDirectories().Where(inner => !Made.Contains(inner.Name)).SelectMany(Below));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FuncQueue.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The repository was not found.");
    }
}
