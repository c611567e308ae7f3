namespace FuncQueue.Tests.Support;

/// <summary>What the tool that runs these tests has told its own children, and another build must not hear.</summary>
public static class OuterBuild
{
    /// <summary>The variables as unset ones.</summary>
    public static IReadOnlyDictionary<string, string?> Unset { get; } =
        Environment
            .GetEnvironmentVariables()
            .Keys.Cast<string>()
            .Where(name => name.StartsWith("MSBuild", StringComparison.Ordinal))
            .ToDictionary(name => name, _ => (string?)null);
}
