namespace FuncQueue.Infra.Tests.Support;

/// <summary>The folder of the Bicep files, and what is in it.</summary>
public static class InfraFolder
{
    public static string Root { get; } = FindRoot();

    public static string Path { get; } = System.IO.Path.Combine(Root, "infra");

    /// <summary>The parameter files, by name without extension.</summary>
    public static TheoryData<string> ParameterFiles { get; } = [.. Directory.GetFiles(Path, "*.bicepparam").Select(f => System.IO.Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    /// <summary>Every Bicep file, relative to the folder.</summary>
    public static TheoryData<string> BicepFiles { get; } = [.. Files("*.bicep").Concat(Files("*.bicepparam"))];

    public static string File(string relative) => System.IO.Path.Combine(Path, relative);

    private static IEnumerable<string> Files(string pattern) =>
        Directory.GetFiles(Path, pattern, SearchOption.AllDirectories).Select(f => System.IO.Path.GetRelativePath(Path, f)).Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(System.IO.Path.Combine(folder.FullName, "FuncQueue.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The repository was not found.");
    }
}
