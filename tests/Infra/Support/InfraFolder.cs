namespace FuncQueue.Infra.Tests.Support;

/// <summary>The folder of the Bicep files, and what is in it.</summary>
public static class InfraFolder
{
    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, "infra");

    /// <summary>The parameter files, by name without extension.</summary>
    public static TheoryData<string> ParameterFiles { get; } =
    [.. Directory.GetFiles(Path, "*.bicepparam").Select(f => System.IO.Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    /// <summary>Every Bicep file, relative to the folder.</summary>
    public static TheoryData<string> BicepFiles { get; } = [.. Files("*.bicep").Concat(Files("*.bicepparam"))];

    public static string File(string relative) => System.IO.Path.Combine(Path, relative);

    private static IEnumerable<string> Files(string pattern) =>
        Directory
            .GetFiles(Path, pattern, SearchOption.AllDirectories)
            .Select(f => System.IO.Path.GetRelativePath(Path, f))
            .Order(StringComparer.Ordinal);
}
